import * as torch from "tstorch";
import * as nn from "tstorch/nn";
import * as F from "tstorch/nn/functional";
import * as init from "tstorch/nn/init";
import * as parameter from "tstorch/nn/parameter";
import * as utils from "tstorch/nn/utils";
import * as rnn from "tstorch/nn/utils/rnn";
import { expect, test } from "vitest";

test("torch.nn and its parts are the same objects under every path", () => {
  expect(torch.nn.Linear).toBe(nn.Linear);
  expect(nn.functional.relu).toBe(F.relu);
  expect(nn.init.ones_).toBe(init.ones_);
  expect(nn.parameter.Parameter).toBe(parameter.Parameter);
  expect(nn.Parameter).toBe(parameter.Parameter);
  expect(nn.utils.clip_grad_norm_).toBe(utils.clip_grad_norm_);
  expect(nn.utils.rnn.pack_sequence).toBe(rnn.pack_sequence);
  expect(nn.modules.Linear).toBe(nn.Linear);
  expect(nn.modules.linear.Linear).toBe(nn.Linear);
  expect(nn.BatchNorm1d(1)).toBeInstanceOf(nn.modules.batchnorm._BatchNorm);
  expect(nn.Conv2d(1, 1, 1)).toBeInstanceOf(nn.modules.conv._ConvNd);
});

test("torch.nn has no names but Python's", () => {
  const python = /^[A-Z]|^(attention|functional|grad|init|modules|parallel|parameter|utils)$/;
  expect(Object.keys(nn).filter((name) => !python.test(name))).toEqual([]);
});
