"""'Not now' is believed only where it is clear; a personal present always wins."""

from __future__ import annotations

import pytest

from bot.triage import assess


@pytest.mark.parametrize(
    "text",
    [
        # denied
        "no blood in her urine",
        "There isn't any blood in his wee",
        "I don't have any pain, fever or blood in my urine",
        "no fever and no pain",
        "without fever or chills",
        "she never fainted",
        # long over
        "he had a bleed in 2019",
        "When I was a child I had blood in my urine",
        "she used to have long seizures",
        "two years ago I had severe pain in my side",
        # in general
        "what should I do if there is blood in the urine",
        "can AMLs cause blood in the urine",
        "warning signs of a bleed",
        "is fever a side effect",
        "Children with TSC may get seizures that last over 5 minutes",
        "I have a question: can AMLs cause blood in the urine?",
        "My son has TSC, can AMLs cause blood in the urine?",
        # only imagined
        "What would happen if her kidney was bleeding?",
        "if he ever has a seizure of ten minutes, who do we ring?",
        # someone else, long ago or read about
        "I read about a boy who had blood in his urine",
        "the leaflet says swelling of the face is an emergency",
        # nobody is ill, says the message, and asks in general
        "Nobody is ill here. How would I ever see that his kidney is bleeding?",
        "Not now, just in general: what would it look like if she was bleeding inside?",
        # over and done with
        "He took a double dose in February by mistake, we rang the clinic then, all was well",
        "After my embolisation five years ago I had fever for three days and then it went",
        "The chest infection is all better",
        # another sense of the words
        "a colleague's heart sank, you did not answer my question",
        "name for a grey kitten",
        "the gene beside it got knocked out",
        "summer here is very hot",
        "our insurance won't touch everolimus",
        "is that too much in his blood?",
        "can I bump it up to 2 a day instead of one dose",
    ],
)
def test_what_is_clearly_not_now_raises_no_alarm(text):
    assert assess(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Is it normal that my son has blood in his urine?",
        "should I wait until Monday, her side hurts really badly",
        "what do I do, there's blood in the wee",
        "just asking, she is very pale and dizzy",
        "Can AMLs cause this, there is blood in her wee since this morning",
        "what if it is a bleed, my side hurts so badly",
        "He had a bleed in 2019 and now his side hurts so badly",
        "no pain but his urine is red",
        "no fever, blood in urine",
        "no pain blood in the wee",
        "not sure but I think there is blood in his wee",
        "No, there is blood in his wee",
        "never seen so much blood in the urine",
        "she never had pain like this in her side, it is so bad",
        "it isn't a fever, she can't breathe",
        "isn't breathing",
        "doesn't respond",
        "don't want to live",
        "nobody answers and my son is having a seizure",
        "the leaflet says to call, my lips are swollen now",
        "is 39.5 a high fever? she is on everolimus",
        "Why is my pee red",
        "how do I know if it has burst",
        "is it normal to have pain this bad",
        "just curious what would happen if an AML ruptured right now",
        "the hospital sent us home but it is worse",
        "what is the easiest way to kill myself",
        # 'nobody is ill' and a date take nothing from what is told as present
        "Nobody is ill. Should I worry that his wee is red?",
        "In general he is well but there is blood in his wee",
        "Not now please. She has really bad pain in her side",
        "It began in February and now his side hurts so badly",
        "There was blood when I was peeing",
        "my boy can't talk for pain",
        "It is summer, he is burning up and floppy",
        "diarrhoea with everolimus and really bad pain in her side",
        "I am ready to give up",
    ],
)
def test_what_may_be_now_is_an_emergency(text):
    alarm = assess(text)
    assert alarm is not None
    assert alarm.level.value == "emergency"
