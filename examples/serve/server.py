"""The service's Python twin, for the benchmark: MODEL=model.pt uvicorn server:app. What train.ts has saved is loaded."""
import os
import re
from contextlib import asynccontextmanager
from typing import Annotated

import torch
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field, StrictInt, StrictStr
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_sequence

UNKNOWN = 0


class Classifier(nn.Module):
    def __init__(self, num_words, num_labels, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(num_words, hidden_size)
        self.rnn = nn.GRU(hidden_size, hidden_size)
        self.fc = nn.Linear(hidden_size, num_labels)

    def forward(self, words):
        embedded = PackedSequence(self.embedding(words.data), *words[1:])
        _, hidden = self.rnn(embedded)
        return self.fc(hidden[0])


torch.set_num_threads(int(os.environ.get("THREADS", "1")))
saved = torch.load(os.environ["MODEL"])
words, labels = saved["words"], saved["labels"]
numbers = {word: number for number, word in enumerate(words)}
model = Classifier(len(words), len(labels), saved["hidden_size"])
model.load_state_dict(saved["state_dict"])
model.eval()


class Ticket(BaseModel):
    text: Annotated[StrictStr, Field(min_length=1, max_length=2000)] | None = None
    ids: Annotated[list[Annotated[StrictInt, Field(ge=0, lt=len(words))]], Field(min_length=1, max_length=512)] | None = None


@asynccontextmanager
async def lifespan(_):
    compute([UNKNOWN])
    yield


app = FastAPI(lifespan=lifespan)


@torch.inference_mode()
def compute(ids):
    packed = pack_sequence([torch.tensor(ids)], enforce_sorted=False)
    scores = model(packed).softmax(1)[0].tolist()
    best = max(range(len(labels)), key=scores.__getitem__)
    return {"label": labels[best], "scores": dict(zip(labels, scores))}


def classify(ticket: Ticket):
    if (ticket.text is None) == (ticket.ids is None):
        raise HTTPException(400, "either text or ids")
    ids = ticket.ids
    if ids is None:
        ids = [numbers.get(word, UNKNOWN) for word in re.findall("[a-z']+", ticket.text.lower())] or [UNKNOWN]
    return compute(ids)


@app.get("/readyz")
async def ready():
    return {"status": "ready"}


if os.environ.get("MODE") == "threads":  # off the event loop, in anyio's thread pool

    @app.post("/classify")
    def classify_in_thread(ticket: Ticket):
        return classify(ticket)

else:

    @app.post("/classify")
    async def classify_in_loop(ticket: Ticket):
        return classify(ticket)
