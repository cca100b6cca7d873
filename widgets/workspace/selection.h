#pragma once
// Which layers are selected: one selection for graph, outline, table, inspector and plots.
#include <QObject>
#include <vector>

namespace quantwright {

class Selection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// Indices into Prepared::layers, ascending, each once.
    [[nodiscard]] const std::vector<int>& layers() const { return m_layers; }
    /// The layer that plots show: the last one picked; -1 if none is selected.
    [[nodiscard]] int current() const { return m_current; }
    [[nodiscard]] bool contains(int layer) const;

    /// `current` -1 or not among `layers`: the old one if it still is, else the first.
    void set(std::vector<int> layers, int current = -1);
    void setSingle(int layer) { set({layer}, layer); }
    void clear() { set({}); }

signals:
    void changed();

private:
    std::vector<int> m_layers;
    int m_current = -1;
};

}  // namespace quantwright
