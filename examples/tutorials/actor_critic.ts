// Actor-critic: a policy with a value head learns to balance a pole on a cart, simulated here with the sine and cosine of
// small angles written as the first terms of their series. The Python twin: actor_critic.py
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import { Categorical } from "tstorch/distributions";
import * as F from "tstorch/nn/functional";
import { float, print, reversed, zip } from "tstorch/python";

torch.manual_seed(9);

interface SavedAction {
  log_prob: torch.Tensor;
  value: torch.Tensor;
}
const gamma = 0.99;

class CartPole {
  state: number[] = [];

  reset(): number[] {
    this.state = torch.rand(4, { dtype: torch.float64 }).sub(0.5).mul(0.1).tolist();
    return this.state;
  }

  step(action: number): [number[], number, boolean] {
    const [x, x_dot, theta, theta_dot] = this.state;
    const force = action === 1 ? 10.0 : -10.0;
    const [sin, cos] = [theta - (theta * theta * theta) / 6, 1 - (theta * theta) / 2];
    const temp = (force + 0.05 * theta_dot * theta_dot * sin) / 1.1;
    const theta_acc = (9.8 * sin - cos * temp) / (0.5 * (4.0 / 3.0 - (0.1 * cos * cos) / 1.1));
    const x_acc = temp - (0.05 * theta_acc * cos) / 1.1;
    this.state = [x + 0.02 * x_dot, x_dot + 0.02 * x_acc, theta + 0.02 * theta_dot, theta_dot + 0.02 * theta_acc];
    const done = Math.abs(this.state[0]) > 2.4 || Math.abs(this.state[2]) > 0.2095;
    return [this.state, 1.0, done];
  }
}

class Policy extends nn.Module {
  affine1 = nn.Linear(4, 64);
  action_head = nn.Linear(64, 2);
  value_head = nn.Linear(64, 1);
  saved_actions: SavedAction[] = [];
  rewards: number[] = [];

  override forward(x: torch.Tensor): [torch.Tensor, torch.Tensor] {
    x = F.relu(this.affine1(x));
    const action_prob = F.softmax(this.action_head(x), { dim: -1 });
    const state_values = this.value_head(x);
    return [action_prob, state_values];
  }
}

const model = new Policy();
const optimizer = optim.Adam(model.parameters(), { lr: 2e-2 });
const eps = torch.finfo(torch.float32).eps;

function select_action(state: number[]): number {
  const [probs, state_value] = model(torch.tensor(state, { dtype: torch.float32 }));
  const m = Categorical(probs);
  const action = m.sample();
  model.saved_actions.push({ log_prob: m.log_prob(action), value: state_value });
  return action.item();
}

function finish_episode(): void {
  let R = 0.0;
  const policy_losses: torch.Tensor[] = [];
  const value_losses: torch.Tensor[] = [];
  const rewards: number[] = [];
  for (const r of reversed(model.rewards)) {
    R = r + gamma * R;
    rewards.unshift(R);
  }
  let returns = torch.tensor(rewards.map(float));
  returns = returns.sub(returns.mean()).div(returns.std().add(eps));
  for (const [{ log_prob, value }, R] of zip(model.saved_actions, returns)) {
    const advantage = R.sub(value.item());
    policy_losses.push(log_prob.neg().mul(advantage));
    value_losses.push(F.smooth_l1_loss(value, torch.tensor([R])));
  }
  optimizer.zero_grad();
  const loss = torch.stack(policy_losses).sum().add(torch.stack(value_losses).sum());
  loss.backward();
  optimizer.step();
  model.rewards = [];
  model.saved_actions = [];
}

const env = new CartPole();
let running_reward = 10.0;
for (let episode = 1; episode <= 60; episode++) {
  let state = env.reset();
  let t: number;
  for (t = 1; t < 200; t++) {
    const action = select_action(state);
    let reward: number;
    let done: boolean;
    [state, reward, done] = env.step(action);
    model.rewards.push(reward);
    if (done) break;
  }
  t = Math.min(t, 199);
  running_reward = 0.05 * t + 0.95 * running_reward;
  finish_episode();
  if (episode % 10 === 0) {
    print(`episode ${episode} last length ${t} average length ${running_reward.toFixed(1)}`);
  }
}
