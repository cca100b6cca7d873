#pragma once
// The node view with its toolbar, fed from the document.
#include <QWidget>

#include "widgets/panels/scene_builder.h"
#include "widgets/workspace/workspace.h"

class QComboBox;
class QLabel;
class QToolButton;

namespace quantwright {

class GraphView;

class GraphPanel : public QWidget {
    Q_OBJECT
public:
    explicit GraphPanel(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] GraphView* view() const { return m_view; }
    [[nodiscard]] ColourBy colourBy() const { return m_colour_by; }
    void setColourBy(ColourBy colour_by);
    /// Search hits; closed groups stand for their parts.
    void highlight(const QVector<int>& layers);
    void showLayer(int layer);

signals:
    void colourByChanged(quantwright::ColourBy colour_by);

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void refresh();
    void showSelection();
    using Figures = std::vector<std::optional<double>>;  ///< by layer
    /// A closed group takes what its parts take, and errs as what it gives.
    [[nodiscard]] Figures timesAsShown(Figures times) const;
    [[nodiscard]] Figures errorsAsShown(Figures snr_db) const;
    [[nodiscard]] QVector<int> shownIds(const std::vector<int>& layers) const;

    Workspace* m_workspace;
    GraphView* m_view;
    QLabel* m_label;
    QComboBox* m_combo;
    QToolButton *m_fit, *m_in, *m_out;
    ColourBy m_colour_by = ColourBy::sensitivity;
};

}  // namespace quantwright
