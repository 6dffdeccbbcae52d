"""Errors of the coaching package, split by whose fault they are.

CoachingError
└── ContentError        whoever wrote a content file: it names the file, the line and the reason
    ├── PipelineError   a file under pipelines/
    ├── PromptError     a file under prompts/
    ├── PlaybookError   data/playbook.md
    ├── CompanyError    data/company.md
    └── ScenarioError   data/scenarios.yaml
"""


class CoachingError(Exception):
    """Every error this package raises on purpose."""


class ContentError(CoachingError):
    """A content file cannot be used; the message is "file:line: reason"."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class PipelineError(ContentError):
    """A pipeline file cannot be used."""


class PromptError(ContentError):
    """A prompt file cannot be used, or was rendered with other values than it asks for."""


class PlaybookError(ContentError):
    """The playbook cannot be used."""


class CompanyError(ContentError):
    """The company file cannot be used."""


class ScenarioError(ContentError):
    """The scenarios file cannot be used."""
