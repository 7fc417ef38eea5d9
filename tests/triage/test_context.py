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
        "He had shingles in spring, healed now; may he go back to school?",
        "Temperature was 39.2 last week, all gone since Sunday",
        "Nine years ago I had blood in my urine for a day and never again",
        "In 2012 my lip swelled once and I never took it again",
        "She got over pneumonia",
        # a topic as it is typed into a search engine
        "angiomyolipoma flank ache",
        "dry cough sirolimus",
        "fever after embolisation",
        # nobody has it: teaching, plans, the news, someone else's child
        "Revising for finals: which features suggest a ruptured angiomyolipoma?",
        "For our leaflet: how would a family tell that his kidney bleeds?",
        "Measles was in the news. How do people protect themselves?",
        "The neighbour's boy had red urine and it was a stone",
        "The form asks whether I am pregnant",
        # figures of speech
        "I overdosed on podcasts",
        "splitting headache from this portal",
        "we laughed until our sides hurt",
        "suffocating under paperwork here",
        "drowning in forms, who helps with them?",
        "My boy is on fire about football",
        "bellyache of a question: who pays for it?",
        "I'd jump off a bridge with a bungee",
        "half our town has football fever",
        "the website is having a fit",
        "the box is now white",
        "The thermometer in our kitchen says 40 degrees",
        # another sense of the words
        "a colleague's heart sank, you did not answer my question",
        "name for a grey kitten",
        "the gene beside it got knocked out",
        "summer here is very hot",
        "our insurance won't touch everolimus",
        "is that too much in his blood?",
        "can I bump it up to 2 a day instead of one dose",
        "collapsed lung 2014, is altitude fine?",
        "His lung collapsed before six years, now all good. Can he fly?",
        "Grandma had shingles in the year 2012, is finished",
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
        # a phrase of 'over', of a search or of a figure of speech does not hide what stands beside it
        "There is blood in her wee and the wound is healed now",
        "His side hurts so badly, the infection is gone now",
        "She recovered from covid and has blood in her urine",
        "He is recovering from pneumonia and his temperature is 39.5",
        "In summer 2020 he had a bleed and today the same pain in his side",
        "AML flank pain now, severe",
        "tsc side pain, sudden",
        "limp hot baby everolimus, will not wake",
        "I am revising for finals and my side hurts so badly",
        "I'm writing a care plan and the boy just collapsed",
        "The tablets made her go grey and sweaty",
        "He went pale with fear and sudden pain in his side",
        "my neighbour's son has blood in his wee since this morning",
        "he ended up confused",
        "in the car, seizure now",
        "she has overdosed on paracetamol",
        "he is allergic to nuts and his lips are swelling",
        "it feels like I have been stabbed in the side",
        "40.5 in the car seat, my baby",
        "the AML has not stopped bleeding",
        "How do I tell my husband that I want to die",
        "How do I tell my mum about the blood in my wee",
        "How do I tell that she is asleep, she does not wake",
        "When we ring nobody answers and his lips are blue",
        "if anyone is there he is bleeding",
        "He had an episode of blood in his urine",
        "The boy in my class with TSC peed blood",
        "my friend's son with TSC has blood in his urine",
        "He was reading to me and got confused",
        "kidney tumours and seizures one after another",
        "waiting here with severe pain in my side",
        "collapsed lung 2011, chest pain and breathless now",
        "bleed in the year 2015, today blood in the wee",
    ],
)
def test_what_may_be_now_is_an_emergency(text):
    alarm = assess(text)
    assert alarm is not None
    assert alarm.level.value == "emergency"
