"""What can be wrong or odd about a record, by the short codes that `dead_letters.reason` and `articles.warnings` hold."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from copytaster.parse.contract import ArticleMessage

READ_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "truncated_archive": "The archive is damaged here; the records before were read, what follows cannot be.",
        "too_large": "The record is larger than 10 MB; the payload is its beginning, the message names size and SHA-256.",
        "unreadable_row": "A row of a Parquet file holds a value that cannot be read.",
        "bad_encoding": "The body of a WARC response cannot be decompressed.",
    }
)
"""Reasons of stage `read`."""

PARSE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "too_large": "The message is larger than 10 MB.",
        "not_utf8": "The message is not UTF-8.",
        "not_json": "The message is not JSON.",
        "too_deep": "The JSON is nested more than 100 deep.",
        "not_an_object": "The JSON is a number, a string, a list or null.",
        "wrong_type": "The text has another type than the contract says, and none could be made of it.",
        "no_text": "There is no text, or only white space.",
        "text_too_large": "The text has more than 1,000,000 characters.",
        "no_id": "A withdrawal names no article.",
        "not_text": "The web page is not text.",
        "html_too_complex": "The HTML has a tag with more than 20,000 attributes.",
        "parse_failed": "A library failed on the record; the exception says how.",
    }
)
"""Reasons of stage `parse`."""

WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        "published_at_naive": "The time had no zone; the configured one was taken.",
        "modified_at_naive": "The time had no zone; the configured one was taken.",
        "fetched_at_naive": "The time had no zone; the configured one was taken.",
        "published_at_invalid": "What was given is no date; it is in `extra`, and the column is null.",
        "modified_at_invalid": "What was given is no date; it is in `extra`, and the column is null.",
        "fetched_at_invalid": "What was given is no date; it is in `extra`, and the column is null.",
        "published_at_future": "More than a day after the record itself: kept, but never what 'today' counts from.",
        "language_invalid": "What was given is no BCP 47 tag of one language; it is in `extra`, and the language detected.",
        "outlet_country_invalid": "What was given is no two-letter code; it is in `extra`, and the column is null.",
        **{
            f"{name}_{what}": f"`{name}` was of another type than the contract says: {how}"
            for name in ArticleMessage.model_fields
            if name not in ("status", "op")
            for what, how in (
                ("converted", "converted; where that brought over less than all, what was given is in `extra`."),
                ("dropped", "no meaning could be made out; it is in `extra`, and the column is as if it were missing."),
            )
        },
        "html_in_text": "The text was HTML, or held its entities: tags and entities were taken off.",
        "html_in_title": "The title held tags or entities of HTML, which were taken off.",
        "lone_surrogate": "Half of a surrogate pair, which no file can hold, was replaced by U+FFFD.",
        "undecodable_bytes": "Bytes of the page that its encoding does not know were replaced by U+FFFD.",
        "summary_only": "The feed gives only a summary of the article, which is its text here.",
        "truncated": "The crawler cut the page off (`WARC-Truncated`), or its packed body ends early.",
        "control_characters": "Title or text holds control characters; they are kept.",
        "html_not_cleaned": "The page has more than 20,000 tags; its text was taken whole, furniture included.",
        "withheld": "The producer asks not to publish the item yet (ninjs: its publishing status, or an embargo).",
        "paywalled": "The producer says that readers must pay for the article: its text may be a teaser.",
    }
)
"""What was odd in an article that was taken in."""
