#pragma once
// The numbers of the current layer: its output over the calibration images, or its weights; clip lines move
// under the hand while the error is measured live.
#include <QWidget>
#include <memory>

#include "core/calibrate/statistics.h"
#include "widgets/workspace/workspace.h"

class QLabel;
class QStackedWidget;
class QToolButton;

namespace quantwright {

class ElidedLabel;
class HistogramPlot;
class TailImages;

class HistogramPanel : public QWidget {
    Q_OBJECT
public:
    explicit HistogramPanel(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] HistogramPlot* plot() const { return m_plot; }

protected:
    void changeEvent(QEvent* event) override;

private:
    struct WeightFacts {
        int layer = -1;
        Histogram histogram;
        Range range;
        std::vector<Range> channels;
    };

    void retranslate();
    void refresh();
    void showActivation(int layer);
    void showWeight(int layer);
    void takeWeight(const WeightFacts& facts);
    void showMessage(const QString& text);
    void askGuides();
    void showFigures();
    /// Why the current layer's output has no clip lines; %1 is the number of values.
    [[nodiscard]] QString noRangeText() const;
    /// Whose output is shown: of a group the part that makes its values.
    [[nodiscard]] int outputLayer() const;
    [[nodiscard]] const TensorStatistics* activation() const;
    [[nodiscard]] const ResolvedTensor* quantizedOutput() const;

    Workspace* m_workspace;
    QToolButton *m_activation_tab, *m_weight_tab;
    ElidedLabel* m_name;
    QLabel *m_figures, *m_live, *m_message;
    QStackedWidget* m_stack;
    HistogramPlot* m_plot;
    TailImages* m_tail;
    bool m_weight = false;
    QString m_guides_of;  ///< layer and scheme the guides on show belong to
    std::shared_ptr<const WeightFacts> m_weight_facts;
};

}  // namespace quantwright
