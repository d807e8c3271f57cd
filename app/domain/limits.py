"""Sizes and counts. What the guides fix is marked; the rest is a default, settled in docs/architecture.md."""

MEGABYTE = 1024 * 1024

BODY_BYTES = 6 * MEGABYTE  # of a request to a screen that does not ask for more; default
LINES_PER_FILE = (1, 200)  # guide « Les écrans du portail », § 4.1
JSON_FILE_BYTES = 5 * MEGABYTE  # default
JSON_DEPTH = 20  # default: the format needs 6
JSON_VALUES = 300_000  # values of a file; default: 5 MB of requests written tightly hold some 240 000
JSON_NUMBER_LENGTH = 40  # characters; default: an amount needs 10
JSON_LIST_ITEMS = 1_000  # elements of a list of one line; default
JSON_FINDINGS = 2_000  # rows of a report; default: beyond, it says how many more
PIECE_BYTES = 4 * MEGABYTE  # default, as the guides' 4 Mo for enrolment pieces
PIECE_EXTENSIONS = ("pdf", "png", "jpg", "jpeg")  # default, as for enrolment pieces
PIECE_PIXELS = 50_000_000  # default: a decompressed image of 200 MB at most
PIECE_NAME_LENGTH = 120  # default
ZIP_BYTES = 500 * MEGABYTE  # default
ZIP_ENTRIES = 1_000  # default: 200 requests with five pieces each
ZIP_RATIO = 50  # default: above it, an entry is taken for a bomb
ZIP_RATIO_FLOOR = MEGABYTE  # default: below it, an entry is too small to be one
ZIP_TOTAL_BYTES = 1_000 * MEGABYTE  # default: what the entries may unpack to, together
EDITOR_NUMBER_LENGTH = 20  # inferred from 00001 … 00017
CRITERION_LENGTH = 200  # characters of a criterion of a list; default: a name has 200
AUTOCOMPLETE_FROM = 3  # characters; guide « Les écrans du portail », § 5.1
COUNTED_UP_TO = 10_000  # rows of a list; default: beyond, « plus de 10 000 »
COUNTED_BY_STATUS_UP_TO = 1_000  # requests of one status above a list; default: its link leads to the count
DETAIL_ROWS = 20  # of a table on the page of a request; default
FILTER_REQUIRED_ABOVE = 500  # requests; guide « Les écrans du portail », § 5.1
CAPTCHA_LENGTH = 5  # characters; guides « Présentation du portail » (bw72x)
CAPTCHA_MINUTES = 10  # default
LOGIN_TRIES = 6  # default, CNIL délib. 2022-100: restriction of access
LOGIN_LOCK_MINUTES = 60  # default
SESSION_IDLE_MINUTES_SUPPLIER = 60  # default
SESSION_IDLE_MINUTES_STAFF = 30  # default
SESSION_HOURS = 12  # default
MAIL_RETRY_HOURS = 24  # default
SUMMARY_CELLS = 20_000  # of a summary table, totals aside; default
SUMMARY_COLUMNS = 600  # of the same: 500 suppliers and some; default
