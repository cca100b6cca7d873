#include "widgets/panels/outline_tree.h"

#include <QStringList>
#include <memory>
#include <unordered_map>

namespace quantwright {
namespace {

/// `children` are scopes and layers in the order of first appearance.
struct Scope {
    OutlineNode node;
    std::vector<std::unique_ptr<Scope>> children;
    std::unordered_map<std::string, Scope*> scopes;
};

void add(Scope& root, const QString& name, int layer) {
    const QStringList parts = name.split(QLatin1Char('/'), Qt::SkipEmptyParts);
    Scope* scope = &root;
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        Scope*& next = scope->scopes[parts[i].toStdString()];
        if (!next) {
            scope->children.push_back(std::make_unique<Scope>());
            next = scope->children.back().get();
            next->node.text = parts[i];
        }
        scope = next;
    }
    scope->children.push_back(std::make_unique<Scope>());
    scope->children.back()->node.text = parts.isEmpty() ? name : parts.last();
    scope->children.back()->node.layer = layer;
}

OutlineNode compressed(const Scope& scope) {
    OutlineNode node = scope.node;
    for (const auto& child : scope.children)
        node.children.push_back(compressed(*child));
    if (node.layer < 0 && node.children.size() == 1) {
        OutlineNode only = std::move(node.children.front());
        only.text = node.text + QLatin1Char('/') + only.text;
        return only;
    }
    return node;
}

}  // namespace

std::vector<OutlineNode> outlineTree(const std::vector<QString>& names) {
    Scope root;
    for (std::size_t i = 0; i < names.size(); ++i)
        add(root, names[i], static_cast<int>(i));
    std::vector<OutlineNode> tree;
    for (const auto& child : root.children)
        tree.push_back(compressed(*child));
    // Everything under one scope, as exporters leave it: that level says nothing.
    while (tree.size() == 1 && tree.front().layer < 0) {
        std::vector<OutlineNode> inner = std::move(tree.front().children);
        tree = std::move(inner);
    }
    return tree;
}

}  // namespace quantwright
