#pragma once
// What a board said of the model: figures beside those of this machine and of the simulation, whether they
// can be believed, and where the time goes.
#include <QWidget>
#include <memory>

#include "widgets/panels/cost_text.h"
#include "widgets/workspace/workspace.h"

class QHBoxLayout;
class QLabel;
class QStackedWidget;
class QTabBar;

namespace quantwright {

class BoardErrors;
class BoardHistoryView;
class RowTable;

class BoardResultView : public QWidget {
    Q_OBJECT
public:
    explicit BoardResultView(Workspace* workspace, QWidget* parent = nullptr);
    void show(std::shared_ptr<const Deployed> deployed);
    /// There is a result or a past one.
    [[nodiscard]] bool hasContent() const;
    [[nodiscard]] const std::shared_ptr<const Deployed>& shown() const { return m_deployed; }

signals:
    void contentChanged();

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void fillFigures();
    void addSpeedUp(const SpeedUp& speed_up);
    void fillTimes();
    void fillTask(const Judgement& board, const Judgement* host, const std::optional<Figure>& simulated);
    void fillImages();
    void predict();
    void showAge();
    void showTabs();
    void selectLayer(const std::string& name);
    [[nodiscard]] QWidget* buildTabs();
    /// Where there is room the figures stand beside the rest.
    void arrange(bool beside);

    Workspace* m_workspace;
    std::shared_ptr<const Deployed> m_deployed;
    CostPrediction m_prediction;
    QLabel *m_board, *m_age, *m_target, *m_trust;
    RowTable *m_figures, *m_times, *m_images;
    QHBoxLayout* m_body;
    QTabBar* m_tabs;
    bool m_back_to_figures = false;  ///< where they lose their place beside: no other tab was chosen
    QStackedWidget* m_pages;
    BoardErrors* m_errors;
    BoardHistoryView* m_history;
};

}  // namespace quantwright
