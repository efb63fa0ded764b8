#pragma once
// WASI's functions as C++ declarations, derived from functions.def: one adapter each, on the calling guest
// thread's host thread.

#include "syscalls/wasi/abi.h"

namespace lindvm::wasi {

/// Columns of each row.
namespace rows {
using namespace lindvm::columns;
template <uint64_t R, Name N>
using fd = Arg<CapableFd<R>, N>;
template <Name N>
using rights = Arg<Rights, N>;
template <Name N>
using whence = Arg<Whence, N>;
template <Name N>
using strings_out = Arg<StringTable, N>;
template <Name N>
using poll_lists = Arg<PollLists, N>;

namespace functions {
#define WASI(name, call, returns, ...) using name = Arguments<__VA_ARGS__>;
#include "syscalls/wasi/functions.def"
}  // namespace functions
}  // namespace rows

#define WASI(name, call, returns, ...) HandlerOf<rows::functions::name>::type name;
#include "syscalls/wasi/functions.def"

}  // namespace lindvm::wasi
