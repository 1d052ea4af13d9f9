// The delay of the event loop, idle and while libtorch computes awaitably. Prints lines of `name figure`, in milliseconds.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as torch from "tstorch";

const SECONDS = 4;

async function measure(name, work) {
  await sleep(200);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const until = performance.now() + SECONDS * 1000;
  delay.enable();
  let rounds = 0;
  do {
    await work();
    rounds++;
  } while (performance.now() < until);
  delay.disable();
  console.log(`${name} ${(delay.percentile(99) / 1e6).toFixed(2)}`);
  return rounds;
}

await measure("idle", () => sleep(50));
const x = torch.rand(1500, 1500);
await measure("matmul of 1500 x 1500", () => torch.aio.matmul(x, x));

const { functional } = torch.aio.nn;
const [input, target] = [torch.rand(256, 512), torch.rand(256, 512)];
const weights = [1, 2, 3].map(() => torch.rand(512, 512).div(512).requires_grad_());
const optimizer = torch.optim.SGD(weights, { lr: 0.01 });
await measure("training loop", async () => {
  let hidden = input;
  for (const weight of weights) hidden = await torch.aio.relu(await functional.linear(hidden, weight));
  const loss = await functional.mse_loss(hidden, target);
  optimizer.zero_grad();
  await torch.aio.backward(loss);
  optimizer.step();
  return torch.aio.item(loss);
});
