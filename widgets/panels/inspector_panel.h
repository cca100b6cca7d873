#pragma once
// Everything that can be chosen for the selected layers, with where each choice comes from, and why a layer
// is not quantized. One gesture is one step of undo, over however many layers.
#include <QWidget>
#include <vector>

#include "widgets/workspace/workspace.h"

class QGridLayout;
class QLabel;
class QScrollArea;

namespace quantwright {

class ClipRow;
class ElidedLabel;
class FieldRow;

class InspectorPanel : public QWidget {
    Q_OBJECT
public:
    explicit InspectorPanel(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] const std::vector<FieldRow*>& rows() const { return m_rows; }

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void retranslate();
    void alignColumns();
    void refresh();
    void showHeader();
    void showModel();
    void showFields();
    void showNotes();
    [[nodiscard]] QString rangeText(int layer) const;

    Workspace* m_workspace;
    QLabel* m_title;
    ElidedLabel* m_name;
    QLabel* m_facts;
    QWidget *m_activation_part, *m_weight_part;
    QLabel *m_activation_title, *m_weight_title, *m_range, *m_reason, *m_problems_title, *m_problems;
    std::vector<FieldRow*> m_rows;
    ClipRow* m_clip;
    std::vector<QGridLayout*> m_grids;
    QScrollArea* m_scroll;
};

}  // namespace quantwright
