"""What browsers get of the widget's files: the code without its comments, compressed, and nothing twice."""

from __future__ import annotations

import gzip

import pytest

from bot.web.widget_files import File, load


@pytest.mark.parametrize(
    ("name", "source", "served"),
    [
        (
            "a.js",
            "// @ts-check\n/**\n * What it is.\n * @param {string} one\n */\nexport const a = 1;\n",
            "export const a = 1;\n",
        ),
        ("a.js", "const a = /** @type {X} */ (b); // why\n", "const a = (b);\n"),
        ("a.js", "function f() {\n    // @ts-check\n    return 1; // one\n}\n", "function f() {\nreturn 1;\n}\n"),
        ("a.js", "/** one */\na();\n\n  // two\n\nb(/** @type {X} */ (c));\n/** three */\nd();\n", "a();\nb((c));\nd();\n"),
        (
            "a.js",
            'f("https://example.org", /(\\*\\*[^*]+)/, "a */ b");\n',
            'f("https://example.org", /(\\*\\*[^*]+)/, "a */ b");\n',
        ),
        ("a.css", "/* One\n   two */\np { margin: 0; } /* three */\n", "p { margin: 0; } \n"),
        ("a.html", "<!-- stays -->\n\n<p>// and /** this */</p>\n", "<!-- stays -->\n\n<p>// and /** this */</p>\n"),
    ],
)
def test_comments_stay_at_home_and_code_is_served_as_it_is(tmp_path, name, source, served):
    path = tmp_path / name
    path.write_text(source)
    assert File.of(path).body.decode() == served


def test_a_browser_gets_it_compressed_and_only_once(tmp_path):
    path = tmp_path / "a.js"
    path.write_text("export const a = 1;\n")
    file = File.of(path)
    status, body, headers = file.answer("", "gzip, deflate, br")
    assert (status, gzip.decompress(body), headers["Content-Encoding"]) == (200, file.body, "gzip")
    assert headers["Cache-Control"] == "no-cache"
    assert file.answer("", "")[:2] == (200, file.body)
    assert file.answer(f'W/{headers["ETag"]}, "other"', "gzip")[:2] == (304, b"")
    assert file.answer('"other"', "gzip")[0] == 200
    path.write_text("export const a = 2;\n")
    assert File.of(path).tag != file.tag


def test_all_files_of_the_widget_are_served_and_nothing_else(tmp_path):
    (tmp_path / "secret.py").write_text("")
    (tmp_path / "a.js").write_text("")
    assert list(load(tmp_path)) == ["a.js"]
    assert {"index.html", "tsc-chat.js", "chat.css"} <= set(load())
