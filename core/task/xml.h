#pragma once
// As much of XML as Pascal VOC's files have: elements and texts. Attributes, comments, declarations are
// passed over.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace quantwright {

struct XmlElement {
    std::string name;
    std::string text;  ///< trimmed
    std::vector<XmlElement> children;

    /// The first child of this name; null if there is none.
    [[nodiscard]] const XmlElement* find(std::string_view child) const {
        const auto found = std::find_if(children.begin(), children.end(),
                                        [&](const XmlElement& one) { return one.name == child; });
        return found == children.end() ? nullptr : &*found;
    }
};

/// The root. Errors: labels.unreadable (detail: the line, and what is wrong there).
Result<XmlElement> parse_xml(std::string_view text);

}  // namespace quantwright
