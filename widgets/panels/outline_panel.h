#pragma once
// The layers as a tree of scopes, with a search field.
#include <QWidget>
#include <vector>

#include "widgets/workspace/workspace.h"

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QStandardItem;
class QStandardItemModel;
class QTreeView;

namespace quantwright {

struct OutlineNode;

class OutlinePanel : public QWidget {
    Q_OBJECT
public:
    explicit OutlinePanel(Workspace* workspace, QWidget* parent = nullptr);
    void focusSearch();

signals:
    /// Layers that match what is searched for; empty while nothing is.
    void found(const QVector<int>& layers);
    void layerActivated(int layer);

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void retranslate();
    void rebuild();
    void addNodes(QStandardItem* parent, const std::vector<OutlineNode>& nodes);
    /// The item of a group, with one below it for each part where there are several.
    void addGroup(QStandardItem* item, const LayerGroup& group);
    void expandScopes();
    void showHeat();
    void search(const QString& text);
    void selectionToTree();
    void selectionFromTree();

    Workspace* m_workspace;
    QLabel* m_title;
    QLineEdit* m_search;
    QTreeView* m_tree;
    QStandardItemModel* m_model;
    QSortFilterProxyModel* m_filter;
    std::vector<QStandardItem*> m_item_of_layer;  ///< of a part: its own, below its group's
    std::vector<QStandardItem*> m_item_of_group;
    bool m_syncing = false;
};

}  // namespace quantwright
