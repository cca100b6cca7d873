#pragma once
// Where does the board differ from the simulator? Layer by layer, on the same images: both against the float
// model, and the board against exact arithmetic on its own inputs of the layer.
#include <QWidget>

#include "core/board/deploy.h"

class QLabel;

namespace quantwright {

class RowTable;

class BoardErrors : public QWidget {
    Q_OBJECT
public:
    explicit BoardErrors(QWidget* parent = nullptr);
    void show(const BoardResult* result);  ///< may be null
    /// Layers whose result on the board is not the exact arithmetic's.
    [[nodiscard]] static int differing(const BoardResult& result);

signals:
    void layerPicked(const std::string& layer);

private:
    void addRow(const BoardLayer& layer);

    QLabel* m_verdict;
    RowTable* m_table;
};

}  // namespace quantwright
