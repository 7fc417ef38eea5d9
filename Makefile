# The commands of the project; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup train run console console-user test evaluate bench faults triage-sheet backup pictures finetune names purge lock audit licences clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## make the environments (only what is not there yet)
	@sh tools/setup.sh run
	@sh tools/setup.sh console

train: setup ## train the dialogue model when its data or code changed
	@.venv/bin/python -m tools.train

run: train ## start the guide and the staff console and print their addresses; Ctrl-C stops them
	@.venv/bin/python -m tools.run

console: setup ## start the staff console alone
	@.venv/bin/python -m tools.run console feed keeper learning

console-user: setup ## make an account of the staff console: make console-user NAME=ann (it may do everything there)
	@.venv-console/bin/python -m bot.console.manage migrate --verbosity 0
	@.venv-console/bin/python -m bot.console.manage console_user $(NAME)

test: ## all checks: style, types, unit tests, content, stories, conversations with the running bot
	@sh tools/test.sh

evaluate: ## what is understood of messages that training never saw, with 95 % intervals
	@sh tools/setup.sh test
	@.venv-test/bin/python -m tools.train
	@.venv-test/bin/python -W ignore -m tools.evaluate
	@.venv-test/bin/python -W ignore -m tools.evaluate_masking

bench: ## speed and memory beside Rasa's default pipeline, then many families at once (an hour or more)
	@sh tools/setup.sh test
	@sh tools/setup.sh servers
	@sh tools/setup.sh browser
	@.venv-test/bin/python -m bench
	@.venv-test/bin/python -m tools.train
	@PYTHONWARNINGS=ignore .venv-test/bin/python -m bench.first_reply
	@PYTHONWARNINGS=ignore .venv-test/bin/python -m bench.crowd

faults: ## break the running guide in all its ways and count what families get (hours; short: .venv-test/bin/python -m faults --short)
	@sh tools/setup.sh test
	@sh tools/setup.sh servers
	@.venv-test/bin/python -m tools.train
	@PYTHONWARNINGS=ignore .venv-test/bin/python -m faults

triage-sheet: setup ## print the triage rules as one page (.build/triage-sheet.html) for a clinician to read and mark
	@TF_CPP_MIN_LOG_LEVEL=3 .venv/bin/python -W ignore -m tools.triage_sheet

backup: setup ## back up the conversations and the console's data into FOLDER (default var/backups)
	@.venv/bin/python -m tools.backup $(or $(FOLDER),var/backups)

pictures: ## take the pictures of docs/pictures anew, from the running guide
	@sh tools/setup.sh test
	@sh tools/setup.sh console
	@sh tools/setup.sh browser
	@.venv-test/bin/python -m tools.train
	@PYTHONPATH=.:tests/browser .venv-test/bin/python -W ignore tests/browser/pictures.py

finetune: ## fine-tune the sentence encoder anew (development only: torch, Python 3.11, an hour)
	@sh tools/finetune.sh

names: ## train anew what finds people's names to mask (development only: Faker, some ten minutes)
	@sh tools/names.sh

purge: setup ## delete conversations older than RETENTION_DAYS (the running guide does so every day)
	@.venv/bin/python -W ignore -m tools.purge

lock: ## resolve the dependencies anew and lock them with hashes; make lock PACKAGE=name moves only that one
	@sh tools/lock.sh $(PACKAGE)

audit: ## look the locked packages up among the known weaknesses (asks api.osv.dev, or make audit SOURCE=address)
	@sh tools/setup.sh run
	@sh tools/setup.sh audit
	@.venv/bin/python -W ignore -m tools.audit $(if $(SOURCE),--source $(SOURCE))

licences: setup ## write anew which licence each installed package has (docs/licences.md)
	@.venv/bin/python -W ignore -m tools.licences

clean: ## remove everything that was built or trained (conversations in var/ stay)
	rm -rf .build .venv .venv-test .venv-console models .rasa tests/browser/node_modules
