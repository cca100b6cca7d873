#pragma once
#include <functional>

namespace quantwright::agent {

/// Waits until no other agent of this user holds .cache/quantwright/lock, then holds it until the program
/// ends. `waiting` is called at once if it is not free, then once a second. Throws Failure
/// board.not_writable.
void take_turn(const std::function<void()>& waiting);

}  // namespace quantwright::agent
