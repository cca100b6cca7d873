#pragma once
// Everything that can be chosen for the selected layers, with where each choice comes from, and why a layer
// is not quantized. What is seldom chosen is folded away. One gesture is one step of undo, over however many
// layers.
#include <QWidget>
#include <vector>

#include "widgets/workspace/workspace.h"

class QLabel;
class QScrollArea;
class QToolButton;

namespace quantwright {

class ClipRow;
class ElidedLabel;
class FieldPart;
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
    void arrange();
    void retranslate();
    void alignColumns();
    void refresh();
    void showHeader();
    void showFields();
    /// Whose output tensors the clip range is for: of a group those with its values.
    [[nodiscard]] std::vector<int> withOutput() const;
    void showAdvanced();
    void showNotes();
    [[nodiscard]] std::vector<FieldPart*> parts() const;

    Workspace* m_workspace;
    QLabel* m_title;
    QWidget* m_content;
    ElidedLabel* m_name;
    QLabel *m_facts, *m_form, *m_cost, *m_reason, *m_range, *m_weight_facts, *m_problems_title, *m_problems;
    FieldPart *m_mode, *m_activation, *m_weight;
    FieldPart *m_more_activation, *m_more_weight, *m_more;  ///< in the advanced part
    QToolButton* m_advanced_button;
    QWidget* m_advanced;
    bool m_advanced_open = false;
    std::vector<FieldRow*> m_rows;
    ClipRow* m_clip;
    QScrollArea* m_scroll;
};

}  // namespace quantwright
