#pragma once
// What was improved, as a part of the document.
#include <memory>
#include <string>

#include "core/plan/improved.h"
#include "core/project/project.h"

namespace quantwright {

struct Improvement {
    std::shared_ptr<const Improved> value;  ///< null: nothing was
    std::string sha256;                     ///< see improved_sha256(); empty for none
    MadeFrom made_from;
};

}  // namespace quantwright
