#pragma once
// Layer names as a tree of scopes: "/blocks.2/depthwise/Conv" lies in "blocks.2". Scopes that hold one thing
// only are not worth a level and become part of the name below.
#include <QString>
#include <vector>

namespace quantwright {

struct OutlineNode {
    QString text;
    int layer = -1;  ///< -1: a scope
    std::vector<OutlineNode> children;
};

[[nodiscard]] std::vector<OutlineNode> outlineTree(const std::vector<QString>& names);

}  // namespace quantwright
