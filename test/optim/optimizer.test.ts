import * as torch from "tstorch";
import { nn } from "tstorch";
import { Adam, Optimizer, SGD } from "tstorch/optim";
import { describe, expect, test, vi } from "vitest";
import { native } from "../../dist/binding.js";
import { register_optimizer_step_post_hook, register_optimizer_step_pre_hook } from "../../dist/optim/optimizer.js";
import { elements, train } from "./trajectories.js";

const zeros = (...size: number[]) => torch.zeros(size).requires_grad_();

/** What Node warns of while a function runs. */
function warnings(body: () => void): string[] {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  try {
    body();
    return emit.mock.calls.map(([warning]) => String(warning));
  } finally {
    emit.mockRestore();
  }
}

describe("the constructor", () => {
  test("takes tensors, generators, named parameters and groups", () => {
    const model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1));
    expect(SGD(model.parameters()).param_groups[0].params.length).toBe(4);
    expect(SGD(model.named_parameters()).param_groups[0].param_names).toEqual([
      "0.weight",
      "0.bias",
      "1.weight",
      "1.bias",
    ]);
    const groups = SGD([{ params: model[0].parameters() }, { params: [...model[1].parameters()].slice(1), lr: 0.1 }], {
      lr: 1e-2,
    });
    expect(groups.param_groups.map(({ params, lr }) => [params.length, lr])).toEqual([
      [2, 0.01],
      [1, 0.1],
    ]);
  });

  test("takes all arguments by name", () => {
    const [group] = Adam({ params: nn.Linear(2, 3).parameters(), lr: 0.5 }).param_groups;
    expect([group.params.length, group.lr]).toEqual([2, 0.5]);
  });

  test("works with new, without, and in subclasses", () => {
    expect(SGD([zeros(1)])).toBeInstanceOf(SGD);
    expect(new SGD([zeros(1)])).toBeInstanceOf(Optimizer);
    expect(SGD([zeros(1)]).constructor.name).toBe("SGD");
    expect(SGD({ params: [zeros(1)], lr: 0.5 } as never).defaults.lr).toBe(0.5);
  });

  test.each([
    [
      () => SGD(zeros(1) as never),
      TypeError,
      "params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor",
    ],
    [() => SGD([]), torch.ValueError, "optimizer got an empty parameter list"],
    [() => SGD([3] as never), TypeError, "optimizer can only optimize Tensors, but one of the params is int"],
    [() => SGD([zeros(1).mul(2)]), torch.ValueError, "can't optimize a non-leaf Tensor"],
    [
      () => (SGD as unknown as () => void)(),
      TypeError,
      "SGD.__init__() missing 1 required positional argument: 'params'",
    ],
    [
      () => SGD([zeros(1)], { rate: 1 } as object),
      TypeError,
      "SGD.__init__() got an unexpected keyword argument 'rate'",
    ],
    [
      () => SGD([zeros(1)], 0.1, 0, 0, 0, false, true as never),
      TypeError,
      "SGD.__init__() takes from 2 to 7 positional arguments but 8 were given",
    ],
    [
      () => SGD([["a", zeros(1)], zeros(1)]),
      torch.ValueError,
      "all optimizer params should be with/without names. Some param names are missing",
    ],
    [
      () => SGD([{ params: new Set([zeros(1)]) }]),
      TypeError,
      "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead.",
    ],
  ])("throws as Python does: %s", (make, type, message) => {
    expect(make).toThrow(new type(message));
  });

  test("warns of sets and of parameters that stand twice", () => {
    const p = zeros(1);
    expect(warnings(() => SGD(new Set([p]))).join()).toContain("organized in ordered collections");
    expect(warnings(() => SGD([p, p]))).toEqual([
      "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see github.com/pytorch/pytorch/issues/40967 for more information",
    ]);
  });

  test("numbers that float() marked are plain numbers in the groups", () => {
    const optimizer = SGD([{ params: [zeros(1)], momentum: torch.py.float(1) }], { lr: torch.py.float(2) });
    expect([optimizer.param_groups[0].lr, optimizer.param_groups[0].momentum]).toEqual([2, 1]);
    expect(String(optimizer)).toContain("lr: 2.0\n");
  });
});

describe("add_param_group()", () => {
  test("keeps the object that it is given, with the defaults filled in", () => {
    const optimizer = SGD([zeros(1)], { lr: 0.1 });
    const group = { params: zeros(2), momentum: 0.5 };
    optimizer.add_param_group(group);
    expect(optimizer.param_groups[1]).toBe(group);
    expect(optimizer.param_groups[1]).toMatchObject({ lr: 0.1, momentum: 0.5, nesterov: false });
    optimizer.add_param_group({ param_group: { params: [zeros(3)] } });
    expect(optimizer.param_groups.length).toBe(3);
  });

  test.each([
    [[zeros(1)], TypeError, "param_group must be a dict, but got <class 'list'>"],
    [
      { params: [["b", zeros(1)]] },
      torch.ValueError,
      "all optimizer param groups should be with/without names. cannot add param group with names to the optimizer",
    ],
  ])("refuses %s", (group, type, message) => {
    expect(() => SGD([zeros(1)]).add_param_group(group as never)).toThrow(new type(message));
  });

  test("refuses a parameter of another group", () => {
    const p = zeros(1);
    expect(() => SGD([{ lr: 0.1 }] as never)).toThrow(new torch.KeyError("'params'"));
    expect(() => SGD([p]).add_param_group({ params: [p] })).toThrow(
      new torch.ValueError("some parameters appear in more than one parameter group"),
    );
  });
});

describe("a class of one's own", () => {
  class Signs extends Optimizer {
    constructor(params: Iterable<torch.Tensor>, lr = 0.1) {
      super(params, { lr });
    }

    override step<T = null>(closure: (() => T) | null = null): T {
      const loss = closure ? closure() : null;
      torch.no_grad(() => {
        for (const group of this.param_groups) {
          for (const p of group.params) {
            if (p.grad === null) continue;
            const state = this.state.get(p);
            state.steps = (state.steps ?? 0) + 1;
            p.sub_(p.grad.sign(), { alpha: group.lr });
          }
        }
      });
      return loss as T;
    }
  }

  test("steps, and keeps state", () => {
    const p = zeros(2);
    p.grad = torch.tensor([2, -3], { dtype: torch.float32 });
    const optimizer = new Signs([p]);
    expect(optimizer.step(() => 7)).toBe(7);
    optimizer.step();
    expect(p.tolist().map((x: number) => x.toFixed(1))).toEqual(["-0.2", "0.2"]);
    expect(optimizer.state_dict()).toEqual({
      state: new Map([[0, { steps: 2 }]]),
      param_groups: [{ lr: 0.1, params: [0] }],
    });
    expect(String(optimizer)).toBe("Signs (\nParameter Group 0\n    lr: 0.1\n)");
  });

  test("has the hooks of every optimizer", () => {
    const calls: string[] = [];
    const optimizer = new Signs([zeros(1)]);
    optimizer.register_step_pre_hook((self, args, kwargs) => {
      calls.push(`pre ${self === optimizer} ${args.length} ${Object.keys(kwargs)}`);
    });
    const handle = optimizer.register_step_post_hook(() => {
      calls.push("post");
    });
    optimizer.step();
    handle.remove();
    optimizer.step(() => 1);
    expect(calls).toEqual(["pre true 1 ", "post", "pre true 2 "]);
  });

  test("may require options", async () => {
    const { required } = await import("../../dist/optim/optimizer.js");
    class Strict extends Optimizer {}
    expect(() => new Strict([zeros(1)], { lr: required })).toThrow(
      new torch.ValueError("parameter group didn't specify a value of required optimization parameter lr"),
    );
    expect(new Strict([{ params: [zeros(1)], lr: 1 }], { lr: required }).param_groups[0].lr).toBe(1);
    expect(() => new Strict([{ params: [zeros(1)] }], {}).step()).toThrow(torch.NotImplementedError);
  });
});

describe("hooks", () => {
  test("before a step may change its arguments", () => {
    const optimizer = SGD([zeros(1)]);
    optimizer.register_step_pre_hook((self) => [[self, () => "other"], {}]);
    expect(optimizer.step(() => "mine")).toBe("other");
    optimizer.register_step_pre_hook((() => 3) as never);
    expect(() => optimizer.step()).toThrow("must return None or a tuple of (new_args, new_kwargs), but got 3.");
  });

  test("of all optimizers stand around those of one", () => {
    const calls: string[] = [];
    const note = (text: string) => () => {
      calls.push(text);
    };
    const handles = [
      register_optimizer_step_pre_hook(note("all")),
      register_optimizer_step_post_hook(note("all after")),
    ];
    const optimizer = Adam([zeros(1)]);
    optimizer.register_step_pre_hook(note("one"));
    optimizer.register_step_post_hook(note("one after"));
    optimizer.step();
    for (const handle of handles) handle.remove();
    optimizer.step();
    expect(calls).toEqual(["all", "one", "one after", "all after", "one", "one after"]);
  });

  test("of state dicts run in order, or before the others", () => {
    const calls: string[] = [];
    const optimizer = SGD([zeros(1)]);
    optimizer.register_state_dict_pre_hook(() => void calls.push("second"));
    optimizer.register_state_dict_pre_hook(() => void calls.push("first"), { prepend: true });
    optimizer.register_state_dict_post_hook((_, state_dict) => ({ ...state_dict, extra: 1 }));
    const state_dict = optimizer.state_dict();
    expect(calls).toEqual(["first", "second"]);
    expect(state_dict).toHaveProperty("extra", 1);

    optimizer.register_load_state_dict_pre_hook((_, loaded) => {
      loaded.param_groups = [{ ...loaded.param_groups[0], lr: 5 }];
    });
    optimizer.register_load_state_dict_post_hook(() => void calls.push("loaded"));
    optimizer.load_state_dict(state_dict);
    expect(optimizer.param_groups[0].lr).toBe(5);
    expect(state_dict.param_groups[0].lr).toBe(1e-3);
    expect(calls.at(-1)).toBe("loaded");
  });
});

describe("state_dict()", () => {
  const trained = () => {
    const params = [zeros(2), zeros(3)];
    const optimizer = Adam([{ params: [params[0]] }, { params: [params[1]], lr: 0.5 }], { lr: 0.1 });
    for (const p of params) p.grad = torch.ones_like(p);
    optimizer.step();
    return optimizer;
  };

  test("numbers the parameters through all groups", () => {
    const { state, param_groups } = trained().state_dict();
    expect([...state.keys()]).toEqual([0, 1]);
    expect(param_groups.map(({ params, lr }) => [params, lr])).toEqual([
      [[0], 0.1],
      [[1], 0.5],
    ]);
    expect(Object.keys(param_groups[0]).at(-1)).toBe("params");
  });

  test("continues in another optimizer", () => {
    const optimizer = Adam([{ params: [zeros(2)] }, { params: [zeros(3)] }], 9);
    optimizer.load_state_dict(trained().state_dict());
    expect(optimizer.param_groups.map(({ lr }) => lr)).toEqual([0.1, 0.5]);
    const [p] = optimizer.param_groups[1].params;
    expect(optimizer.state.get(p).step.item()).toBe(1);
    expect(optimizer.state.get(p).exp_avg.tolist()[0]).toBeCloseTo(0.1, 6);
  });

  test("is read from plain objects and from files of older versions too", () => {
    const p = torch.zeros(2, { dtype: torch.float64, requires_grad: true });
    const optimizer = Adam([p]);
    const { param_groups } = optimizer.state_dict();
    delete param_groups[0].fused;
    optimizer.load_state_dict({
      state: { 0: { step: 3, exp_avg: torch.ones(2), exp_avg_sq: torch.ones(2) } } as never,
      param_groups,
    });
    expect(String(optimizer.state.get(p).step)).toBe("tensor(3.)");
    expect(optimizer.state.get(p).exp_avg.dtype).toBe(torch.float64);
    expect(optimizer.param_groups[0].fused).toBeNull();
  });

  test.each([
    ...["Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "RAdam", "RMSprop", "Rprop"].map(
      (name) => [name, ["step"]] as const,
    ),
    ["ASGD", ["step", "eta", "mu"]] as const,
    ["NAdam", ["step", "mu_product"]] as const,
  ])("makes tensors of the numbers with which an older %s counted", (name, keys) => {
    const p = torch.nn.Parameter(torch.ones(2));
    const optimizer = (torch.optim as unknown as Record<string, typeof Adam>)[name]([p]);
    p.grad = torch.ones(2);
    optimizer.step();
    const state = optimizer.state.get(p);
    const numbers = keys.map((key) => state[key].item());
    for (const key of keys) state[key] = state[key].item();
    optimizer.__setstate__(optimizer.__getstate__());
    expect(keys.map((key) => state[key].item())).toEqual(numbers);
    expect(keys.map((key) => state[key].dtype)).toEqual(keys.map(() => torch.float32));
  });

  test("keeps names unless the loaded one has its own", () => {
    const optimizer = SGD([["w", zeros(1)]]);
    const { state, param_groups } = SGD([zeros(1)]).state_dict();
    optimizer.load_state_dict({ state, param_groups });
    expect(optimizer.param_groups[0].param_names).toEqual(["w"]);
    optimizer.load_state_dict({ state, param_groups: [{ ...param_groups[0], param_names: ["v"] }] });
    expect(optimizer.param_groups[0].param_names).toEqual(["v"]);
  });

  test("is copied with the optimizer, and its parameters", () => {
    const optimizer = trained();
    const copy = torch.py.deepcopy(optimizer);
    const [p] = copy.param_groups[0].params;
    expect(optimizer.state.has(p)).toBe(false);
    expect(copy.state.get(p).step.item()).toBe(1);
    p.grad = torch.ones(2);
    copy.step();
    expect(copy.state.get(p).step.item()).toBe(2);
    expect(optimizer.state.get(optimizer.param_groups[0].params[0]).step.item()).toBe(1);
  });

  test("must have the same groups", () => {
    const optimizer = SGD([zeros(1)]);
    expect(() => optimizer.load_state_dict(trained().state_dict())).toThrow(
      new torch.ValueError("loaded state dict has a different number of parameter groups"),
    );
    expect(() => optimizer.load_state_dict(SGD([zeros(1), zeros(1)]).state_dict())).toThrow(
      new torch.ValueError(
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
      ),
    );
  });
});

describe("zero_grad()", () => {
  test("forgets gradients, or fills them with zeros", () => {
    const p = zeros(2);
    const optimizer = SGD([p, zeros(1)]);
    p.grad = torch.ones(2);
    const { grad } = p;
    optimizer.zero_grad({ set_to_none: false });
    expect(p.grad).toBe(grad);
    expect(p.grad?.tolist()).toEqual([0, 0]);
    optimizer.zero_grad();
    expect(p.grad).toBeNull();
  });

  test("detaches what it fills", () => {
    const p = torch.ones(2).requires_grad_();
    p.pow(3).sum().backward({ create_graph: true });
    expect(p.grad?.requires_grad).toBe(true);
    SGD([p]).zero_grad(false);
    expect(p.grad?.requires_grad).toBe(false);
  });
});

describe("a step", () => {
  test.each([
    ["SGD", { momentum: 0.9, nesterov: true, weight_decay: 0.1 }],
    ["Adam", { amsgrad: true, weight_decay: 0.1 }],
    ["Adam", { fused: true }],
    ["AdamW", {}],
    ["Adadelta", {}],
    ["Adagrad", {}],
    ["Adamax", {}],
    ["NAdam", { foreach: true }],
    ["RAdam", { foreach: true }],
    ["RMSprop", { centered: true, momentum: 0.9 }],
    ["Rprop", {}],
  ] as const)("of %s with %j calls libtorch as often for many parameters as for few", (name, options) => {
    const calls = (count: number) => {
      const params = Array.from({ length: count }, () => zeros(3));
      const make = torch.optim[name] as (params: torch.Tensor[], options: object) => torch.optim.Optimizer;
      const optimizer = make(params, options);
      const set = () => {
        for (const p of params) p.grad = torch.ones(3);
      };
      set();
      optimizer.step();
      set();
      const spies = [vi.spyOn(native, "call"), vi.spyOn(native, "callArray")];
      try {
        optimizer.step();
        return spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      } finally {
        for (const spy of spies) spy.mockRestore();
      }
    };
    expect(calls(50)).toBe(calls(2));
  });

  test("works on parameters of several dtypes", () => {
    const params = [torch.float32, torch.float64, torch.bfloat16].map((dtype) =>
      torch.ones(2, { dtype, requires_grad: true }),
    );
    for (const p of params) p.grad = torch.ones_like(p);
    SGD(params, { lr: 0.5 }).step();
    expect(params.map((p) => p.tolist())).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
  });

  test("keeps what tidy() would free", () => {
    const p = torch.ones(2).requires_grad_();
    const optimizer = Adam([p], { lr: 0.1 });
    for (let step = 0; step < 2; step++) {
      torch.tidy(() => {
        optimizer.zero_grad();
        p.mul(p).sum().backward();
        optimizer.step();
      });
    }
    expect(optimizer.state.get(p).step.item()).toBe(2);
    expect(p.tolist()[0]).toBeCloseTo(0.8004, 4);
  });

  test.each([null, true, false])("frees what it computes with, foreach: %s", (foreach) => {
    const params = Array.from({ length: 20 }, () => zeros(3));
    for (const p of params) p.grad = torch.ones(3);
    const optimizer = Adam(params, { amsgrad: true, weight_decay: 0.1, foreach });
    optimizer.step();
    const before = native.liveTensors();
    optimizer.step();
    expect(native.liveTensors() - before).toBeLessThan(5);
  });

  test("skips parameters without a gradient", () => {
    const [a, b] = [zeros(1), zeros(1)];
    a.grad = torch.ones(1);
    const optimizer = Adam([a, b], { lr: 0.1 });
    optimizer.step();
    expect(optimizer.state.has(b)).toBe(false);
    expect(b.item()).toBe(0);
  });

  test("computes a closure's loss with gradients, and returns it", () => {
    const p = torch.ones(1).requires_grad_();
    const optimizer = SGD([p], { lr: 0.1 });
    const closure = () => {
      optimizer.zero_grad();
      const loss = p.mul(3).sum();
      loss.backward();
      return loss;
    };
    expect(torch.no_grad(() => optimizer.step(closure)).item()).toBe(3);
    expect(optimizer.step({ closure }).item()).toBeCloseTo(2.1, 5);
    expect(optimizer.step()).toBeNull();
  });
});

describe("where nobody chose an implementation, the CPU has the bits of one call for each parameter", () => {
  const names = [
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "RAdam",
    "RMSprop",
  ] as const;
  test.each([...names, "Rprop", "SGD"] as const)("%s", (name) => {
    for (const options of [{ lr: 0.03 }, { lr: 0.1, weight_decay: 0.1, maximize: true }]) {
      const { weight_decay: _, ...withoutDecay } = options as { lr: number; weight_decay?: number };
      const given = name === "Rprop" ? withoutDecay : options;
      const [byDefault] = train(name, given);
      const [single] = train(name, { ...given, foreach: false });
      expect(elements(byDefault)).toEqual(elements(single));
    }
  });
});
