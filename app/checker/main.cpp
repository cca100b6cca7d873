// quantwright-checker: loads and runs a written file for quantwright and quantwright-cli, in a process that
// may crash (core/verify). Not for people.
#include <iostream>

#include "core/verify/checker.h"

int main(int argc, char** argv) {
    if (argc != 2)
        return 2;
    return quantwright::run_checker(argv[1], std::cout);
}
