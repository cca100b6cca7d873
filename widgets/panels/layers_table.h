#pragma once
// All layers, sortable, groups with their parts below them where they are open; its selection is the
// document's.
#include <QWidget>

#include "widgets/workspace/workspace.h"

class QSortFilterProxyModel;
class QTableView;

namespace quantwright {

class LayerModel;

class LayersTable : public QWidget {
    Q_OBJECT
public:
    explicit LayersTable(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] QTableView* view() const { return m_view; }
    void selectAllLayers();

signals:
    void layerActivated(int layer);

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void fitColumns();
    /// Names take what the other columns leave; where that is too little, the table scrolls.
    void fitNames();
    void selectionToTable();
    void selectionFromTable();
    void showOpenGroups();
    void open(const QModelIndex& index, bool open);
    bool openByKey(const QModelIndex& index, int key);
    [[nodiscard]] int sourceRow(const QModelIndex& index) const;

    Workspace* m_workspace;
    LayerModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_view;
    bool m_syncing = false;
};

}  // namespace quantwright
