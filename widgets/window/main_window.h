#pragma once
// The window: puts the panels together and connects the menus. Knows nothing of quantization itself.
#include <QMainWindow>
#include <functional>

#include "widgets/workspace/workspace.h"

class QLabel;
class QSplitter;
class QTabWidget;
class QToolButton;

namespace quantwright {

class Actions;
class ComparePanel;
class DeployPanel;
class GraphPanel;
class HistogramPanel;
class InspectorPanel;
class LayersTable;
class LogPanel;
class OutlinePanel;
class ProblemsPanel;
class StepStrip;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] Workspace* workspace() { return &m_workspace; }
    /// A model, a project, an xslim file, or a folder of images for what is open. `images` is for a model.
    void openPath(const QString& path, const QString& images = {});

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void assemble();
    void assembleStatusBar();
    void connectActions();
    void connectWorkspace();
    void retranslate();

    void chooseFileToOpen();
    void open(const OpenRequest& request);
    /// Runs `then` now, or after the user has said what becomes of unsaved changes.
    void afterSaving(std::function<void()> then);
    void save(bool ask_for_name);
    void chooseImages(std::function<void()> then = {});
    /// Runs `then` now, or after images were chosen if there are none.
    void withImages(const std::function<void()>& then);
    void chooseTask();
    /// The pictures take the place of the graph while their tab wants it.
    void arrangePictures();
    void calibrate();
    void analyze();
    void improve();
    void evaluate();
    void chooseExport();
    void showBoard();
    void stepClicked(Step step);
    void showLayer(int layer);
    void showParts();
    void showFailure(const Error& error);
    void askShapes(const OpenRequest& request, const std::vector<ValueInfo>& inputs, const Error& error);
    void rememberFile(const QString& path);

    void fillRecentMenu();
    void fillTargetMenu();
    void fillPresetMenu();
    void setLanguage(const QString& language);
    void showUndoTexts();
    void showStatus();
    void showTitle();
    void enableActions();
    void restoreLayout();
    void storeLayout();

    Workspace m_workspace;
    Actions* m_actions;
    StepStrip* m_strip;
    OutlinePanel* m_outline;
    GraphPanel* m_graph;
    InspectorPanel* m_inspector;
    LayersTable* m_layers;
    HistogramPanel* m_histogram;
    ComparePanel* m_compare;
    DeployPanel* m_board;
    ProblemsPanel* m_problems;
    LogPanel* m_log;
    QTabWidget* m_tabs;
    QSplitter *m_columns, *m_rows;
    QLabel* m_status;
    QToolButton *m_target_button, *m_preset_button, *m_chinese_button, *m_english_button;
    std::function<void()> m_after_save;
    bool m_closing = false;
};

}  // namespace quantwright
