#pragma once
// The one folder for files that live while the program does, .cache/quantwright/tmp-PID, and the program's
// end.
#include <string>

namespace quantwright::agent {

inline constexpr const char* base_folder = ".cache/quantwright";  ///< below the home folder, where it starts

/// Makes the folder where it is not there yet. Throws Failure board.not_writable.
std::string temporary_folder();
void remove_temporary_folder();
/// Folders of agents that were killed before they could remove them.
void remove_left_over();

/// Removes the folder and ends at once, whatever the other threads are doing.
[[noreturn]] void end_program(int status);

}  // namespace quantwright::agent
