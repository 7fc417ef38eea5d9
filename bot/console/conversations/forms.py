"""What staff fill in: the filters of the queue, the name of a view, the review of a conversation, a correction of a turn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString

from bot.console.conversations import guide_files, queue, search
from bot.console.conversations.models import Conversation, Correction, SavedView, Tag, Turn

NOTE_LENGTH = 5_000
"""Characters of a comment or a note."""
MOST_TAGS = 30
"""So many of the commonest tags stand on the page to be ticked; others are typed."""


def whole(text: str | None) -> int | None:
    """A whole number that fits into a database, or None."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def staff() -> QuerySet[Any]:
    """Who can be given a conversation."""
    people = get_user_model()._default_manager
    return people.with_perm("conversations.change_conversation", backend="django.contrib.auth.backends.ModelBackend").order_by(
        "username"
    )


def person_name(user: Any) -> str:
    """As colleagues know them."""
    return str(user.get_full_name() or user.get_username())


class _PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return person_name(obj)


_KINDS = {kind: words for kind, words in guide_files.KINDS.items() if kind != "answer"}
"""Not what nearly every conversation has."""


class Filters(forms.Form):
    """The filters of the queue, as they stand in its address."""

    q = forms.CharField(
        label="Search words",
        required=False,
        max_length=search.LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text='in messages and comments; "side by side", -without',
    )
    state = forms.ChoiceField(choices=list(queue.STATES.items()), required=False, widget=forms.HiddenInput)
    alarm = forms.ChoiceField(
        choices=[("", "any or none"), ("any", "with an alarm"), ("emergency", "emergency"), ("urgent", "urgent")],
        required=False,
    )
    kind = forms.ChoiceField(label="Has an answer of the kind", choices=[("", "any"), *_KINDS.items()], required=False)
    topic = forms.ChoiceField(required=False)
    under = forms.IntegerField(
        label="Least sure message under (%)", min_value=1, max_value=100, required=False, help_text="confidence of the guide"
    )
    has = forms.MultipleChoiceField(
        label="Only with",
        choices=[
            ("not_helped", "“did not help”"),
            ("helped", "“this helped”"),
            ("failed", "something failed"),
            ("flagged", "flagged by a colleague"),
            ("comments", "comments"),
            ("corrections", "corrections"),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tag = forms.ModelChoiceField(Tag.objects.order_by("name"), required=False, empty_label="any")
    assigned = forms.ChoiceField(label="Assigned to", required=False)
    reviewer = _PersonField(
        get_user_model()._default_manager.order_by("username"), label="Reviewed by", required=False, empty_label="anyone"
    )
    since = forms.DateField(
        label="Last activity from", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(label="to", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    place = forms.ChoiceField(label="Country", required=False)
    audience = forms.ChoiceField(
        label="Way of explaining", choices=[("", "any"), *guide_files.AUDIENCES.items()], required=False
    )
    order = forms.ChoiceField(choices=list(queue.ORDERS.items()), required=False)

    missing = ""
    """Which lists cannot be shown, and why, in words."""

    def __init__(self, data: QueryDict, user: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        self._user = user
        topic, place = data.get("topic", ""), data.get("place", "")
        try:
            topics, places = guide_files.topic_choices(), list(guide_files.places().items())
        except guide_files.NotThere as error:
            # What was filtered by stays: a saved view must not turn into another one.
            topics, places = [("", [(topic, topic)])] if topic else [], [(place, place)] if place else []
            self.missing = str(error)
        self._choose("topic", [("", "any"), *topics])
        self._choose("place", [("", "any"), ("none", "not known"), *places])
        people = [(str(person.pk), person_name(person)) for person in staff()]
        self._choose("assigned", [("", "anyone or nobody"), ("me", "me"), ("nobody", "nobody"), *people])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_q(self) -> str:
        query: str = self.cleaned_data["q"]
        if query and not any(term.wanted for term in search.terms(query)):
            raise forms.ValidationError("Please write at least one word that should be there.")
        return query

    @property
    def address(self) -> str:
        """The filters behind the question mark of the queue's address; without those that are wrong."""
        data = self.data
        assert isinstance(data, QueryDict)
        return queue.address({name: data.getlist(name) for name in self.fields if name not in self.errors})

    @property
    def queue(self) -> queue.Queue:
        """What is found; filters that are wrong are left out, and their errors stand in the form."""
        self.errors  # noqa: B018 - fills cleaned_data
        return queue.Queue(self.cleaned_data, self._user)

    @property
    def narrowed(self) -> bool:
        """More than the state is chosen."""
        return any(self.cleaned_data.get(name) for name in self.fields if name not in {"state", "order", "q"})


class ViewName(forms.ModelForm):
    """A view of the queue gets a name."""

    class Meta:
        model = SavedView
        fields = ["name", "shared"]
        labels = {"name": "Name of this view", "shared": "colleagues see it, too"}
        help_texts = {"shared": ""}


class Review(forms.Form):
    """All that a reviewer writes about one conversation. One form, so that no button loses what stands in another field.

    Tags, person and flag carry what they were when the page was made: only what the reviewer changed is written, and what a
    colleague changed meanwhile stays.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    comment = forms.CharField(
        label="Note for colleagues", required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    tags = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, show_hidden_initial=True)
    new_tags = forms.CharField(label="Other tags", required=False, max_length=300, help_text="with commas between them")
    flagged = forms.BooleanField(label="a colleague should look at this", required=False, show_hidden_initial=True)
    assignee = _PersonField(
        get_user_model()._default_manager.none(),
        label="Assigned to",
        required=False,
        empty_label="nobody",
        show_hidden_initial=True,
    )

    def __init__(self, conversation: Conversation, may_assign: bool, data: QueryDict | None = None) -> None:
        super().__init__(
            data,
            auto_id="review-%s",
            initial={
                "seen": conversation.turn_count,
                "tags": [str(tag.pk) for tag in conversation.tags.all()],
                "flagged": conversation.flagged,
                "assignee": conversation.assignee_id,
            },
        )
        tags = self.fields["tags"]
        assert isinstance(tags, forms.MultipleChoiceField)
        common = Tag.objects.annotate(uses=Count("conversations")).order_by("-uses", "name")[:MOST_TAGS]
        shown = {*(tag.pk for tag in common), *(tag.pk for tag in conversation.tags.all())}
        if data is not None:
            shown |= {whole(pk) or 0 for pk in data.getlist("tags")}
        tags.choices = [(str(tag.pk), tag.name) for tag in Tag.objects.filter(pk__in=shown).order_by("name")]
        if may_assign:
            assignee = self.fields["assignee"]
            assert isinstance(assignee, forms.ModelChoiceField)
            assignee.queryset = (
                staff() | get_user_model()._default_manager.filter(pk=conversation.assignee_id or 0)
            ).distinct()
        else:
            del self.fields["assignee"]

    @property
    def tags_hidden(self) -> SafeString:
        """The tags that were ticked when the page was made, as hidden fields."""
        return self["tags"].as_hidden(only_initial=True)

    @property
    def tags_before(self) -> set[int]:
        """The tags that were ticked when the page was made."""
        assert isinstance(self.data, QueryDict)
        return {whole(pk) or 0 for pk in self.data.getlist(self.add_initial_prefix("tags"))}

    def clean_new_tags(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["new_tags"].split(",")]
        longest = Tag._meta.get_field("name").max_length or 0
        if any(len(name) > longest for name in names):
            raise forms.ValidationError(f"A tag can have {longest} characters at most.")
        return [name for name in names if name]


class TurnReview(forms.Form):
    """What one message should have been, or a note about it."""

    intent = forms.ChoiceField(label="This message should have been", required=False)
    note = forms.CharField(
        label="Note about this message", required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )

    missing = ""

    def __init__(self, turn: Turn, data: QueryDict | None = None, earlier: Correction | None = None) -> None:
        initial = {"intent": earlier.intent, "note": earlier.note} if earlier else {}
        super().__init__(data, prefix=f"turn-{turn.pk}", auto_id="%s", initial=initial, use_required_attribute=False)
        self.turn, self.earlier = turn, earlier
        if turn.choice:
            del self.fields["intent"]  # a pressed button is never misunderstood
            return
        field = self.fields["intent"]
        assert isinstance(field, forms.ChoiceField)
        try:
            field.choices = [("", "as it was understood"), *self._nearest(), *guide_files.intent_choices()]
        except guide_files.NotThere as error:
            del self.fields["intent"]
            self.missing = str(error)

    def _nearest(self) -> guide_files.Choices:
        """What the guide nearly took it for is often right."""
        known = guide_files.intents()
        names = [one["name"] for one in self.turn.runners_up if one.get("name") in known and one["name"] != self.turn.intent]
        return [("The guide's next guesses", [(name, known[name].title) for name in names])] if names else []

    def clean_intent(self) -> str:
        intent: str = self.cleaned_data["intent"]
        if intent and intent == self.turn.intent:
            raise forms.ValidationError("The guide understood it so already. Please choose what it should have been.")
        return intent

    @property
    def kind(self) -> str:
        """Kind of the correction."""
        return guide_files.intents()[self.cleaned_data["intent"]].kind or Correction.Kind.TOPIC

    @property
    def filled(self) -> bool:
        """Something is to be saved, or taken back."""
        return self.is_valid() and self.has_changed() and bool(self.earlier or any(self.cleaned_data.values()))
