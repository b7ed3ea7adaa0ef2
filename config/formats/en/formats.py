"""How dates are written on pages, papers and in mails: "5 Dec 2026", which reads the same way to
everybody, whether a month or a day comes first at home. Django reads these names."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
