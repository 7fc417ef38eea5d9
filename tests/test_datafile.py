"""Whatever is wrong in a data file is said with file, line and remedy."""

from __future__ import annotations

import pytest

from bot.datafile import DataFile, DataFileError, Entry


class Seed(Entry):
    colour: str


class Fruit(Entry):
    name: str
    seeds: list[Seed] = []
    best: Seed | None


def read(tmp_path, text: str | bytes) -> DataFile:
    path = tmp_path / "fruit.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return DataFile(path)


def test_a_sound_file_becomes_entries(tmp_path):
    assert read(tmp_path, "name: apple\nseeds:\n- colour: brown\n").entry(Fruit) == Fruit(
        name="apple", seeds=[Seed(colour="brown")]
    )
    assert read(tmp_path, "a: {name: apple}\nb: {name: pear}\n").mapping(Fruit) == {
        "a": Fruit(name="apple"),
        "b": Fruit(name="pear"),
    }
    assert read(tmp_path, "- name: apple\n- name: pear\n").sequence(Fruit) == [Fruit(name="apple"), Fruit(name="pear")]


def test_blanks_around_a_text_do_not_count(tmp_path):
    assert read(tmp_path, "name: '  apple '\n").entry(Fruit).name == "apple"


def test_an_entry_cannot_be_changed_after_loading(tmp_path):
    with pytest.raises(TypeError, match="immutable"):
        read(tmp_path, "name: apple\n").entry(Fruit).name = "pear"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: apple\nsize: big\n", 2, "unknown key 'size'; allowed here: name, seeds, best"),
        ("name: apple\nbest:\n  colour: red\n  size: 3\n", 4, "unknown key 'size'; allowed here: colour"),
        ("name: apple\nseeds:\n- colour: red\n- colour: red\n  size: 3\n", 5, "unknown key 'size'"),
        ("seeds: []\nnam: apple\n", 2, "unknown key 'nam'; allowed here: name, seeds, best"),
        ("# a fruit\n\nseeds: []\n", 1, "the key 'name' is missing; add it"),
        ("name: apple\nseeds:\n- colour: red\n-\n  {}\n", 5, "the key 'colour' is missing; add it"),
        ("seeds: []\nname: ''\n", 2, "'name' is not right: ensure this value has at least 1 characters"),
        ("seeds: []\nname: '  '\n", 2, "'name' is not right: ensure this value has at least 1 characters"),
        ("name:\n  - apple\n", 1, "'name' is not right: str type expected"),
        ("name: apple\nseeds: none\n", 2, "'seeds' is not right: value is not a valid list"),
        ("name: apple\nname: pear\n", 2, "the key 'name' stands here twice; keep one of them"),
        ("name: apple\nseeds:\n- colour: red\n  colour: green\n", 4, "the key 'colour' stands here twice"),
        ("name: apple\nseeds: [\n", 3, "not valid YAML: .*; check indentation and quotes"),
        ("name: apple\n  seeds: []\n", 2, "not valid YAML: mapping values are not allowed in this context"),
        ("name: apple\n---\nname: pear\n", 2, "not valid YAML: but found another document"),
        ("name: !!python/name:os.system\n", 1, "not valid YAML: could not determine a constructor"),
        ("- name: apple\n", 1, "expected the keys name, seeds, best"),
        ("apple\n", 1, "expected the keys name, seeds, best"),
        ("", 1, "expected the keys name, seeds, best"),
    ],
)
def test_a_wrong_entry_is_refused_with_line_and_remedy(tmp_path, text, line, words):
    with pytest.raises(DataFileError, match=words) as caught:
        read(tmp_path, text).entry(Fruit)
    assert str(caught.value).startswith(f"{tmp_path / 'fruit.yml'}:{line}: ")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- name: apple\n", 1, "expected 'name: entry' pairs"),
        ("", 1, "expected 'name: entry' pairs"),
        ("a:\n  name: apple\nb: pear\n", 3, "expected the keys name, seeds, best"),
        ("a:\n  name: apple\nb:\n  seeds: []\n", 3, "the key 'name' is missing; add it"),
        ("a: {name: apple}\na: {name: pear}\n", 2, "the key 'a' stands here twice"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_line(tmp_path, text, line, words):
    with pytest.raises(DataFileError, match=words) as caught:
        read(tmp_path, text).mapping(Fruit)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: {name: apple}\n", 1, "expected a list of entries"),
        ("", 1, "expected a list of entries"),
        ("- name: apple\n- pear\n", 2, "expected the keys name, seeds, best"),
        ("- name: apple\n- name: pear\n  size: 1\n", 3, "unknown key 'size'"),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(tmp_path, text, line, words):
    with pytest.raises(DataFileError, match=words) as caught:
        read(tmp_path, text).sequence(Fruit)
    assert caught.value.line == line


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    with pytest.raises(DataFileError, match=r"fruit\.yml:1: byte 7 is not UTF-8; save the file as UTF-8"):
        read(tmp_path, b"name: p\xe2te\n")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataFileError, match=r"plum\.yml:1: the file is missing; put it back"):
        DataFile(tmp_path / "plum.yml")


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ((), 1),
        (("name",), 2),
        (("seeds", 1), 5),
        (("seeds", 1, "colour"), 6),
        (("seeds", 1, "size"), 5),
        (("seeds", 9), 3),
        (("missing",), 1),
    ],
)
def test_the_line_of_a_value_is_its_own_or_that_of_its_nearest_parent(tmp_path, where, line):
    file = read(tmp_path, "# fruit\nname: apple\nseeds:\n- colour: red\n- size: 1\n  colour: green\n")
    assert file.line(where) == line
