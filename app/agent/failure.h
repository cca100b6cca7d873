#pragma once
#include <string>

namespace quantwright::agent {

/// Why a request can't be done, as its answer says it. Thrown anywhere below a request and caught in one
/// place (requests.cpp): whatever goes wrong ends as one answer, and the program goes on.
struct Failure {
    std::string code, subject, detail;
};

}  // namespace quantwright::agent
