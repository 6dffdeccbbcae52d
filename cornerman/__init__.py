"""The `cornerman` command: reads the settings and assembles the actors, the web server and the sandbox.

cornerman run        start everything in this terminal (the default)
cornerman check      validate settings, prompts, pipelines and data, and say what to fix
cornerman migrate    apply migrations/ to the database the settings name
cornerman new-key    print a fresh ENCRYPTION_KEY
cornerman rotate-keys  encrypt reps' stored keys again with the newest ENCRYPTION_KEY; nothing may run meanwhile
cornerman backup FILE   keep the data of this machine in a new archive, also while Cornerman runs
cornerman restore FILE  put such an archive into an empty data directory; nothing may run meanwhile

These speak to the running process and ask before they do anything (--yes answers for scripts, --url reaches another):

cornerman actors                      the actors that work longest, with their ids
cornerman restart ACTOR               let an actor begin anew under its supervisor
cornerman drain                       take no new work, finish what is under way and stop
cornerman pause PROVIDER [MINUTES]    send nothing to openrouter or anthropic for a while (ten minutes)
cornerman resume PROVIDER             end that pause
cornerman dead-letters                what was given up or may not have arrived, with ids
cornerman replay ID, discard ID       try one of these again, or wipe it
"""

from cornerman.command import main
from cornerman.machine import HOME

__all__ = ["HOME", "main"]
