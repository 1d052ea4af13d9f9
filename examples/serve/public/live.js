// Draws what /live tells, once a second.
const POINTS = 60;
const history = { rate: [], p50: [], p99: [] };
const show = (id, text) => {
  document.getElementById(id).textContent = text;
};
let last = null;

function draw(ids) {
  const top = Math.max(...ids.flatMap((id) => history[id]), 1e-9) * 1.1;
  for (const id of ids) {
    const points = history[id].map((value, i) => `${(i / (POINTS - 1)) * 100},${100 - (value / top) * 100}`);
    document.getElementById(id).setAttribute("points", points.join(" "));
  }
}

function add(id, value) {
  history[id].push(value ?? 0);
  if (history[id].length > POINTS) history[id].shift();
}

async function tick() {
  const now = await (await fetch("live")).json();
  if (last) add("rate", ((now.completed - last.completed) / (now.now - last.now)) * 1000);
  last = now;
  add("p50", now.latency.p50);
  add("p99", now.latency.p99);
  draw(["rate"]);
  draw(["p50", "p99"]);
  show("rate-now", history.rate.length ? history.rate.at(-1).toFixed(1) : "–");
  if (now.latency.p50 !== null) {
    show("latency-now", `${now.latency.p50.toFixed(1)} ms, ${now.latency.p99.toFixed(1)} ms`);
  }
  for (const id of ["completed", "failed", "rejected", "queue_length"]) show(id, now[id]);
  if (now.batches > 0) {
    const total = Object.entries(now.batch_sizes).reduce((sum, [size, count]) => sum + size * count, 0);
    show("batch", (total / now.batches).toFixed(1));
  }
}

async function classify(event) {
  event.preventDefault();
  const body = JSON.stringify({ text: document.getElementById("text").value });
  const response = await fetch("classify", { method: "POST", headers: { "content-type": "application/json" }, body });
  const answer = await response.json();
  show("answer", response.ok ? `${answer.label} (${answer.scores[answer.label].toFixed(2)})` : answer.message);
}

document.getElementById("form").addEventListener("submit", classify);
const run = () => tick().catch(() => show("rate-now", "no connection"));
run();
setInterval(run, 1000);
