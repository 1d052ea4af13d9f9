// A library named libtorch.so with nothing in it. What AOTInductor compiles needs one by that name, as every program
// linked with -ltorch does; libtorch's own is a list of further libraries, which the addon has loaded already.
