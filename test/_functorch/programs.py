"""Records what these uses of torch.func print in Python, for programs.test.ts, their twin: python programs.py writes
recordings/programs.json."""

import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import (
    debug_unwrap, functional_call, functionalize, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize,
    replace_all_batch_norm_modules_, stack_module_state, vjp, vmap,
)

recorded = {}


def lists(value):
    if isinstance(value, torch.Size) or isinstance(value, torch.Tensor):
        return value
    if isinstance(value, dict):
        return {key: lists(one) for key, one in value.items()}
    return [lists(one) for one in value] if isinstance(value, (list, tuple)) else value


def t(name, run):
    """Records what is printed of a result, or the error; a name that was there gets a number."""
    count = sum(other.split(" #")[0] == name for other in recorded)
    try:
        text = str(lists(run()))
    except Exception as error:  # noqa: BLE001
        text = f"{type(error).__name__}: {error}"
    recorded[f"{name} #{count + 1}" if count else name] = text


def vals(*shape, start=0):
    n = 1
    for size in shape:
        n *= size
    i = torch.arange(n, dtype=torch.float64)
    return ((i * 37 + start * 11) % 23 + 1).div(16).reshape(shape)


x=vals(4,3); y=vals(4,3,start=5); k=torch.tensor([0,2,1,2])
for loss in ["mse_loss","smooth_l1_loss","huber_loss","l1_loss"]:
    for red in ["mean","sum","none"]:
        t(f"{loss} {red}", lambda: vmap(grad(lambda x,y: getattr(F,loss)(x,y,reduction=red).sum()))(x,y).sum())
w=vals(3,start=2)
for red in ["mean","sum","none"]:
    t(f"nll {red}", lambda: vmap(grad(lambda x,k: F.cross_entropy(x,k,reduction=red).sum()))(x,k))
    t(f"nllw {red}", lambda: vmap(grad(lambda x,k: F.cross_entropy(x.expand(2,3),k.expand(2),weight=w,reduction=red,ignore_index=1).sum()))(x,k))
    t(f"nll2d {red}", lambda: vmap(grad(lambda x: F.cross_entropy(x.view(1,3,2,2),torch.tensor([[[0,1],[2,1]]]),reduction=red).sum()))(vals(2,12)).sum((1)))
t("addr", lambda: vmap(lambda a,b: torch.addr(a.outer(b),a,b,beta=2,alpha=3))(x,y).sum((1,2)))
t("hess ce", lambda: hessian(lambda x: F.cross_entropy(x,torch.tensor(1)))(x[0]))
t("hess ce2", lambda: hessian(lambda x: F.cross_entropy(x.view(2,2),torch.tensor([1,0])))(vals(4)))
t("hess ln", lambda: hessian(lambda x: F.layer_norm(x,(3,),w,w).pow(3).sum())(x[0]))
t("hess bn", lambda: hessian(lambda x: F.batch_norm(x.view(3,2),None,None,training=True).pow(3).sum())(vals(6)))
t("hess bn eval", lambda: hessian(lambda x: F.batch_norm(x.view(3,1),torch.zeros(1).double(),torch.ones(1).double()).pow(3).sum())(x[0]))
t("jacfwd logsig", lambda: jacfwd(F.logsigmoid)(x[0]))
t("hess logsig", lambda: hessian(lambda x: F.logsigmoid(x).sum())(x[0]))
t("hess softmax", lambda: hessian(lambda x: F.softmax(x,0).pow(2).sum())(x[0]))
t("jacfwd trace", lambda: jacfwd(torch.trace)(vals(2,2)))
t("hess gelu", lambda: hessian(lambda x: F.gelu(x).sum())(x[0]))
t("jacfwd conv", lambda: jacfwd(lambda x: F.conv1d(x.view(1,1,6),vals(1,1,3)))(vals(6)).shape)
for mode in ["different","same"]:
    torch.manual_seed(0); t("rand "+mode, lambda: vmap(lambda x: x+torch.randn(2),randomness=mode)(torch.zeros(3,2)))
    torch.manual_seed(0); t("drop "+mode, lambda: vmap(lambda x: F.dropout(x,0.5),randomness=mode)(torch.ones(3,4)))
    torch.manual_seed(0); t("bern "+mode, lambda: vmap(lambda x: torch.bernoulli(x),randomness=mode)(torch.full((3,4),0.5)))
    torch.manual_seed(0); t("chunk "+mode, lambda: vmap(lambda x: x+torch.randn(2),randomness=mode,chunk_size=2)(torch.zeros(3,2)))
torch.manual_seed(0)
models=[nn.Sequential(nn.Linear(3,4),nn.Tanh(),nn.Linear(4,2)) for _ in range(3)]
params,buffers=stack_module_state(models)
t("stacked", lambda: [{k:v.shape for k,v in params.items()}, buffers, params["0.weight"].requires_grad, params["0.weight"].is_leaf])
d=torch.arange(6.).view(2,3)/6
t("ensemble", lambda: vmap(lambda p,b,d: functional_call(models[0],(p,b),(d,)),in_dims=(0,0,None))(params,buffers,d))
pd={k:v.detach() for k,v in models[0].named_parameters()}
def cl(p,a,b): return F.mse_loss(functional_call(models[0],p,(a.unsqueeze(0),)),b.unsqueeze(0))
t("persample", lambda: {k:v.shape for k,v in vmap(grad(cl),in_dims=(None,0,0))(pd,d,torch.ones(2,2)).items()})
t("persample", lambda: vmap(grad(cl),in_dims=(None,0,0))(pd,d,torch.ones(2,2))["2.bias"])
def maml(theta):
    def inner(w, x): return ((w*x).sin()-x).pow(2).mean()
    def task(x):
        w=theta-0.1*grad(inner)(theta,x); return inner(w,x)
    return vmap(task)(vals(4,3)).mean()
t("maml", lambda: grad_and_value(maml)(torch.tensor(0.5,dtype=torch.float64)))
bn=nn.Sequential(nn.BatchNorm1d(3),nn.Linear(3,2)); 
t("bn", lambda: vmap(lambda b: bn(b))(torch.ones(2,4,3)))
replace_all_batch_norm_modules_(bn); t("bn replaced", lambda: [bn[0].running_mean, bn[0].track_running_stats, list(dict(bn.named_buffers()))])
t("bn", lambda: vmap(lambda b: bn(b))(torch.ones(2,4,3)).shape)
class Sq(torch.autograd.Function):
    generate_vmap_rule=True
    @staticmethod
    def forward(x,y): return x*x*y
    @staticmethod
    def setup_context(ctx,i,o): ctx.save_for_backward(*i)
    @staticmethod
    def backward(ctx,g):
        x,y=ctx.saved_tensors; return 2*x*y*g, x*x*g
t("sq grad", lambda: grad(lambda x: Sq.apply(x,x).sum())(x[0]))
t("sq gradgrad", lambda: grad(lambda x: grad(lambda x: Sq.apply(x,x).sum())(x).sum())(x[0]))
t("sq vmap", lambda: vmap(Sq.apply,(0,None))(x,y[0]))
t("sq vmapgrad", lambda: vmap(grad(lambda x,y: Sq.apply(x,y).sum(),argnums=(0,1)),(0,None))(x,y[0]))
t("sq gradvmap", lambda: grad(lambda y: vmap(Sq.apply,(0,None))(x,y).sum())(y[0]))
t("sq vmapvmap", lambda: vmap(vmap(Sq.apply,(0,None)),(0,0))(x,y[:,0]))
t("sq vmapvmapgrad", lambda: vmap(vmap(grad(Sq.apply),(0,None)),(0,0))(x,y[:,0]))
t("sq jacrev", lambda: jacrev(lambda x: Sq.apply(x,y[0]))(x[0]))
t("sq jacrevjacrev", lambda: jacrev(jacrev(lambda x: Sq.apply(x,y[0]).sum()))(x[0]))
seen = []
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(x,y): return x*y, x+y
    @staticmethod
    def setup_context(ctx,i,o): ctx.save_for_backward(*i)
    @staticmethod
    def backward(ctx,g,h):
        x,y=ctx.saved_tensors; return y*g+h, x*g+h
    @staticmethod
    def vmap(info,in_dims,x,y):
        seen.append([info.batch_size, info.randomness, in_dims])
        x=x.movedim(in_dims[0],0) if in_dims[0] is not None else x
        y=y.movedim(in_dims[1],0) if in_dims[1] is not None else y
        return Mul.apply(x,y),(0,0)
t("mul vmap", lambda: vmap(Mul.apply,(1,None))(x.t(),y[0]))
t("mul vmapgrad", lambda: vmap(grad(lambda x,y: sum(o.sum() for o in Mul.apply(x,y)),argnums=(0,1)),(0,None))(x,y[0]))
t("vmap info", lambda: seen)
t("kw", lambda: vmap(lambda x, scale=4.: x*scale)(x[:2], scale=2.))
t("sumdim", lambda: vmap(torch.sum)(x, dim=0))
t("names", lambda: vmap(lambda d: {"a":d["x"].dot(d["y"]),"b":d["x"]}, in_dims=({"x":0,"y":None},), out_dims={"a":0,"b":1})({"x":x,"y":y[0]}))
t("aux", lambda: grad(lambda x: (x.sin().sum(), {"c":x.cos()}), has_aux=True)(x[0]))
t("gvaux", lambda: grad_and_value(lambda x: (x.sin().sum(), {"c":x.cos()}), has_aux=True)(x[0]))
t("argnums", lambda: grad(lambda x,y: (x*y*y).sum(), argnums=(0,-1))(x[0],y[0]))
t("jvpaux", lambda: jvp(lambda x: (x.sin(), x.cos()), (x[0],),(y[0],),has_aux=True))
t("vjpaux", lambda: vjp(lambda x: (x.sin(), x.cos()), x[0],has_aux=True)[2])
t("vjpdict", lambda: vjp(lambda d: {"o": d["a"]*2}, {"a":x[0]})[1]({"o":y[0]}))
t("jacrev2", lambda: jacrev(lambda x,y: (x*y.sum(), {"s":y.sin()}), argnums=(0,1))(x[0],y[0][:2]))
t("jacrevchunk", lambda: jacrev(lambda x: (x*x).outer(x), chunk_size=2)(x[0]).sum(2))
t("jacrevchunk1", lambda: jacrev(lambda x: (x*x).outer(x), chunk_size=1)(x[0]).sum(2))
t("jacfwdaux", lambda: jacfwd(lambda x: (x.sin(), x.cos()), has_aux=True)(x[0]))
t("jacrevaux", lambda: jacrev(lambda x: (x.sin(), x.cos()), has_aux=True)(x[0]))
t("linearize", lambda: [linearize(lambda x,y: x.sin()*y, x[0],y[0])[0], linearize(lambda x,y: x.sin()*y, x[0],y[0])[1](y[0],x[0])])
def mut(x): x[0]=5; x.view(-1).mul_(2); return x
z=x[0].clone(); t("func", lambda: (functionalize(mut)(z), z))
z=x[0].clone(); t("func", lambda: (functionalize(mut,remove="mutations_and_views")(z), z))
t("func", lambda: functionalize(mut,remove="foo"))
t("outneg", lambda: vmap(lambda x: x.sum(),out_dims=-1)(x).shape)
t("outneg", lambda: vmap(lambda x: torch.ones(2,3),out_dims=-1)(x).shape)
with torch.no_grad(): t("nograd", lambda: grad(lambda x: x.sin().sum())(x[0]))
def ng(x):
    with torch.no_grad(): c=x*x
    return (x-c).sum()
t("ng", lambda: grad(ng)(x[0]))
w=torch.ones(3,dtype=torch.float64,requires_grad=True)
t("outer", lambda: torch.autograd.grad(vmap(lambda x: (x*w).sum())(x).sum(), w))
t("outergrad", lambda: torch.autograd.grad(grad(lambda x: (x*w).sin().sum())(x[0]).sum(), w))
t("batched", lambda: torch.autograd.grad((w*w).sum()+0*w, w, torch.eye(3,dtype=torch.float64), is_grads_batched=True))
t("strict", lambda: functional_call(nn.Linear(2,2),{"weight":torch.ones(2,2)},(torch.ones(2),),strict=True))
t("dup", lambda: functional_call(nn.Linear(2,2),[{"weight":torch.ones(2,2)},{"weight":torch.ones(2,2)}],(torch.ones(2),)))
t("stack", lambda: stack_module_state([]))
t("stack", lambda: stack_module_state([nn.Linear(2,2),nn.ReLU()]))
t("stack", lambda: stack_module_state([nn.Linear(2,2),nn.Linear(2,2).eval()]))

x = torch.arange(3.0)
t("item", lambda: vmap(lambda x: x.item())(x))
t("item under grad", lambda: grad(lambda x: x.mul(x.sum().item()).sum())(x))
t("no tensor", lambda: grad(lambda x: x.sum().item() + 0.5)(x))
t("numpy", lambda: vmap(lambda x: x.numpy())(x))
t("tolist", lambda: vmap(lambda x: x.tolist())(torch.ones(2, 3)))
t("data_ptr", lambda: vmap(lambda x: x.data_ptr())(x))
t("untyped_storage", lambda: vmap(lambda x: x.untyped_storage())(x))
t("data", lambda: vmap(lambda x: x.data)(x))
t("numpy under grad", lambda: grad(lambda x: x.numpy())(x))
t("detached numpy under grad", lambda: grad(lambda x: x.detach().numpy())(x))
t("backward", lambda: grad(lambda x: x.sum().backward())(x))
t("requires_grad_", lambda: grad(lambda x: x.requires_grad_())(x))
t("retain_grad", lambda: grad(lambda x: x.mul(2).retain_grad())(x))
t("made inside", lambda: grad(lambda x: torch.tensor([1.5, 2.5], requires_grad=True).sum() + x.sum())(x))
t("random", lambda: vmap(lambda x: x.add(torch.randn([])))(x))
t("nonzero", lambda: vmap(lambda x: torch.nonzero(x))(torch.ones(2, 2)))
t("mask", lambda: vmap(lambda x: x.masked_select(x.gt(0)))(torch.ones(2, 2)))
t("equal", lambda: vmap(lambda x: torch.equal(x, x))(torch.ones(2, 2)))
seen = []
grad(lambda x: seen.append(x) or x.sum())(x)
t("escaped", lambda: [seen[0], seen[0].add(1), seen[0].requires_grad, debug_unwrap(seen[0])])
seen = []
vmap(lambda x: seen.append(x) or x.sum())(torch.ones(2, 3))
t("escaped", lambda: [seen[0], seen[0].shape])
t("escaped", lambda: seen[0].add(1))
t("escaped", lambda: seen[0].sum())
seen = []
look = lambda x: seen.append([str(x), x.shape, x.requires_grad]) or x.sum()
vmap(look)(vals(2, 3))
grad(look)(x)
vmap(grad(look))(vals(2, 3))
jvp(look, (x,), (x,))
functionalize(look)(x)
t("printed", lambda: seen)
seen = []
def reads(x):
    seen.append([x.is_conj(), x.is_neg(), x.is_complex(), x.is_floating_point(), x.is_signed(), x.is_inference()])
    seen.append([x.numel(), x.dim(), list(x.stride()), x.storage_offset(), x.is_contiguous(), x.is_leaf, str(x.dtype), str(x.device)])
    x = x.mul(1)
    x[0] = 5.5
    x[1] = torch.tensor(6.5)
    seen.append([str(x[0]), str(x[0:1]), str(x[:, None]), str(x[torch.tensor([0, 1])]), str(torch.tensor([0.5])), len(list(x))])
    y = x.clone()
    seen.append(y.add_(1) is y)
    return x.sum()
vmap(reads)(vals(2, 3))
grad(reads)(x)
t("reads", lambda: seen)
t("lists", lambda: jvp(lambda x: x.mul(torch.tensor(x.tolist())), (x,), (x,)))
t("in_dims", lambda: vmap(lambda x: x, (0, 0))(x))
t("in_dims", lambda: vmap(lambda x: x, "a")(x))
t("in_dims", lambda: vmap(lambda x: x, (0,))(x, x))
t("in_dims", lambda: vmap(lambda x: x)())
t("in_dims", lambda: vmap(lambda x: x)(3))
t("in_dims", lambda: vmap(lambda x: x, 3)(x))
t("in_dims", lambda: vmap(lambda x: x, None)(x))
t("in_dims", lambda: vmap(lambda x: x, (None,))(x))
t("in_dims", lambda: vmap(lambda x, y: x)(torch.ones(2), torch.ones(3)))
t("out_dims", lambda: vmap(lambda x: x, out_dims=(0, 1))(x))
t("out_dims", lambda: vmap(lambda x: 3)(x))
t("out_dims", lambda: vmap(lambda x: (x, x), out_dims=(0, None))(x))
t("out_dims", lambda: vmap(lambda x: x, out_dims="a")(x))
t("randomness", lambda: vmap(lambda x: x, randomness="foo"))
t("chunk_size", lambda: vmap(lambda x: x, chunk_size=0))
t("grad", lambda: grad(lambda x: x)(x))
for argnums in [2, (0, 0), (), 1.5, (1.5,)]:
    t("argnums error", lambda: grad(lambda x: x.sum(), argnums=argnums)(x))
t("grad", lambda: grad(lambda x: x.sum())(3))
t("grad", lambda: grad(lambda x: x.sum())(torch.ones(2, dtype=torch.int64)))
t("vjp", lambda: vjp(lambda x: 3, x))
t("vjp", lambda: vjp(lambda x: None, x))
t("vjp", lambda: vjp(lambda x: (), x))
t("vjp", lambda: vjp(lambda x: x.sum(), x)[1]((x, x)))
t("vjp", lambda: vjp(lambda x: (x.sum(), x), x)[1](x))
t("vjp", lambda: vjp(lambda x: x, x)[1](x.sum()))
t("vjp", lambda: vjp(lambda x: x.gt(0), x))
t("jvp", lambda: jvp(lambda x: x, x, x))
t("jvp", lambda: jvp(lambda x: x, (x,), x))
t("jvp", lambda: jvp(lambda x: x, (x,), (x.sum(),)))
t("jvp", lambda: jvp(lambda x: 3, (x,), (x,)))
t("jvp", lambda: jvp(lambda x: torch.ones(3), (x,), (x,), strict=True))
t("jacrev", lambda: jacrev(lambda x: x)(x.to(torch.complex64)))
t("jacfwd", lambda: jacfwd(lambda x: x)(x.to(torch.complex64)))
t("linearize error", lambda: linearize(lambda x: x.sin(), x)[1](x.double()))
t("linearize error", lambda: linearize(lambda x: x.sin(), x)[1](x[0]))
t("linearize error", lambda: linearize(lambda x: x.sin(), x)[1](x, x))
captured = torch.ones(3)
t("captured", lambda: grad(lambda x: captured.add_(x).sum())(x))
t("captured", lambda: vmap(lambda x: captured.add_(x).sum())(torch.ones(2, 3)))
class Plain(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x.mul(2)
    @staticmethod
    def backward(ctx, g): return g.mul(2)
t("Function", lambda: grad(lambda x: Plain.apply(x).sum())(x))
class Setup(torch.autograd.Function):
    @staticmethod
    def forward(x): return x.mul(2)
    @staticmethod
    def setup_context(ctx, inputs, output): pass
    @staticmethod
    def backward(ctx, g): return g.mul(2)
t("Function", lambda: grad(lambda x: Setup.apply(x).sum())(x))
t("Function", lambda: vmap(lambda x: Setup.apply(x).sum())(torch.ones(2, 3)))
with torch.inference_mode():
    t("inference", lambda: [grad(lambda x: x.sin().sum())(x), jvp(torch.sin, (x,), (x,)), vjp(torch.sin, x)[1](x), torch.is_inference_mode_enabled()])
t("layers", lambda: torch._C._functorch.maybe_get_level(x))

with open(os.path.join(os.path.dirname(__file__), "recordings", "programs.json"), "w") as file:
    json.dump(recorded, file, indent=1)
    file.write("\n")
