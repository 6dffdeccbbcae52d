"""How and when a rep wants to be reached: language, time zone, quiet hours, reminders."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import msgspec


class RepSettings(msgspec.Struct, frozen=True):
    """A rep's own settings; hours are whole hours of the rep's day, and equal ones mean no quiet hours.

    `language` is None as long as the rep did not choose one.
    """

    language: str | None = None
    time_zone: str = "UTC"
    quiet_from: int = 21
    quiet_to: int = 8
    reminders: bool = True

    def local(self, at: float) -> datetime:
        """This moment (UTC epoch seconds) on the rep's clock."""
        return datetime.fromtimestamp(at, ZoneInfo(self.time_zone))

    def quiet(self, at: float) -> bool:
        """Whether the rep is not to be disturbed at this moment."""
        hour, begin, end = self.local(at).hour, self.quiet_from, self.quiet_to
        return begin <= hour < end if begin <= end else hour >= begin or hour < end

    def not_quiet(self, at: float) -> float:
        """This moment, or the end of the quiet hours that it lies in."""
        if not self.quiet(at):
            return at
        local = self.local(at)
        end = local.replace(hour=self.quiet_to, minute=0, second=0, microsecond=0)
        return (end if end > local else end + timedelta(days=1)).timestamp()


def find_time_zone(text: str) -> str | None:
    """The IANA time zone that a rep means: its name, its city, or an offset such as "UTC+2"; None for anything else."""
    wanted = "_".join(text.split()).casefold()
    if offset := _offset(wanted):
        return offset
    zones = sorted(available_timezones())
    whole = [zone for zone in zones if zone.casefold() == wanted]
    cities = [zone for zone in zones if "/" in zone and zone.rpartition("/")[2].casefold() == wanted]
    found = whole or [zone for zone in cities if not zone.startswith(("Etc/", "posix/", "right/"))]
    return found[0] if found else None


def _offset(text: str) -> str | None:
    number = text.removeprefix("utc").removeprefix("gmt").removesuffix(":00")
    if not number or number[0] not in "+-" or not number[1:].isdecimal() or not int(number[1:]) <= 14:
        return None
    hours = int(number)
    if hours == 0:
        return "UTC"
    zone = f"Etc/GMT{-hours:+d}"  # in these names the sign says how far UTC is ahead
    return zone if zone in available_timezones() else None
