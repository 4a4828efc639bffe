"""One form for all links to an article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copytaster.parse.addresses import domain, normalised_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://WWW.Post.Example:443/A/b?b=2&a=1#top", "https://www.post.example/A/b?b=2&a=1"),
        ("http://post.example:80", "http://post.example/"),
        ("http://post.example:8080/a", "http://post.example:8080/a"),
        ("https://post.example./a?", "https://post.example/a"),
        ("https://post.example/a?utm_source=x&id=7&UTM_Medium=y&fbclid=z", "https://post.example/a?id=7"),
        ("https://post.example/a?gclid=x", "https://post.example/a"),
        ("https://user:pw@post.example/a", "https://post.example/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("urn:newsml:desk.example:7", "urn:newsml:desk.example:7"),
        ("../a", "../a"),
        ("http://[bad/a", "http://[bad/a"),
        ("http://post.example:99999/a", "http://post.example:99999/a"),
    ],
)
def test_an_address_is_normalised(url: str, expected: str) -> None:
    assert normalised_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Post.Example/a", "post.example"),
        ("http://post.example.:80/", "post.example"),
        ("urn:a:b", None),
        ("http://[bad", None),
        ("../a", None),
        ("//post.example/a", "post.example"),
        ("www.post.example/a", "post.example"),
    ],
)
def test_the_domain_of_an_address(url: str, expected: str | None) -> None:
    assert domain(url) == expected


@given(st.text(max_size=40).map(lambda rest: f"https://{rest}") | st.text(max_size=40))
def test_any_text_is_normalised_once_and_for_all(url: str) -> None:
    once = normalised_url(url)
    assert normalised_url(once) == once
    domain(url)
