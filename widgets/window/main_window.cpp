#include "widgets/window/main_window.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <utility>

#include "widgets/graph/graph_view.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/deploy_panel.h"
#include "widgets/panels/edit_text.h"
#include "widgets/panels/graph_panel.h"
#include "widgets/panels/histogram_panel.h"
#include "widgets/panels/improve_text.h"
#include "widgets/panels/inspector_panel.h"
#include "widgets/panels/layers_table.h"
#include "widgets/panels/log_panel.h"
#include "widgets/panels/outline_panel.h"
#include "widgets/panels/problems_panel.h"
#include "widgets/panels/step_strip.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"
#include "widgets/window/actions.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"
#include "widgets/workspace/edit_command.h"

namespace quantwright {
namespace {

enum Tab { LayersTab, HistogramTab, CompareTab, BoardTab, ProblemsTab, LogTab };

QString pathText(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent) {
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    setMinimumSize(960, 600);
    m_actions = new Actions(menuBar());
    assemble();
    assembleStatusBar();
    connectWorkspace();
    connectActions();
    fillTargetMenu();
    restoreLayout();
    retranslate();
    m_graph->view()->setFocus();
}

MainWindow::~MainWindow() {
    // Answers of jobs must not reach panels that are already gone.
    m_workspace.jobs()->cancelAllAndWait();
    m_workspace.disconnect();
    m_workspace.undoStack()->disconnect();
    m_tabs->disconnect(this);
}

void MainWindow::assemble() {
    m_strip = new StepStrip(&m_workspace);
    m_outline = new OutlinePanel(&m_workspace);
    m_graph = new GraphPanel(&m_workspace);
    m_inspector = new InspectorPanel(&m_workspace);
    m_layers = new LayersTable(&m_workspace);
    m_histogram = new HistogramPanel(&m_workspace);
    m_compare = new ComparePanel(&m_workspace);
    m_board = new DeployPanel(&m_workspace);
    m_problems = new ProblemsPanel(&m_workspace);
    m_log = new LogPanel(&m_workspace);

    m_tabs = new QTabWidget;
    m_tabs->setDocumentMode(true);
    m_tabs->setObjectName(QStringLiteral("tabs"));
    for (QWidget* page :
         std::initializer_list<QWidget*>{m_layers, m_histogram, m_compare, m_board, m_problems, m_log})
        m_tabs->addTab(page, QString());
    m_columns = new QSplitter(Qt::Horizontal);
    m_columns->addWidget(m_outline);
    m_columns->addWidget(m_graph);
    m_columns->addWidget(m_inspector);
    m_columns->setStretchFactor(1, 1);
    m_outline->setMinimumWidth(150);
    m_rows = new QSplitter(Qt::Vertical);
    m_rows->addWidget(m_columns);
    m_rows->addWidget(m_tabs);
    m_rows->setStretchFactor(0, 1);
    for (QSplitter* splitter : {m_columns, m_rows})
        splitter->setChildrenCollapsible(false);

    auto* line = new QFrame;
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    auto* centre = new QWidget;
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_strip);
    layout->addWidget(line);
    layout->addWidget(m_rows, 1);
    setCentralWidget(centre);

    connect(m_strip, &StepStrip::stepClicked, this, &MainWindow::stepClicked);
    connect(m_outline, &OutlinePanel::layerActivated, this, &MainWindow::showLayer);
    connect(m_layers, &LayersTable::layerActivated, this, &MainWindow::showLayer);
    connect(m_outline, &OutlinePanel::found, m_graph, &GraphPanel::highlight);
    connect(m_graph->view(), &GraphView::nodeActivated, this,
            [this] { m_tabs->setCurrentIndex(HistogramTab); });
    connect(m_board, &DeployPanel::attentionWanted, this, [this] { m_tabs->setCurrentIndex(BoardTab); });
    connect(m_compare, &ComparePanel::taskWanted, this, &MainWindow::chooseTask);
    connect(m_compare, &ComparePanel::enlargedChanged, this, &MainWindow::arrangePictures);
    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::arrangePictures);
    connect(m_problems, &ProblemsPanel::countChanged, this, [this](int count) {
        m_tabs->setTabText(ProblemsTab, count > 0 ? tr("Problems %1").arg(count) : tr("Problems"));
    });
}

void MainWindow::assembleStatusBar() {
    m_status = new QLabel;
    m_target_button = new QToolButton;
    m_preset_button = new QToolButton;
    for (const auto& [button, menu] :
         {std::pair(m_target_button, m_actions->target), std::pair(m_preset_button, m_actions->preset)}) {
        button->setAutoRaise(true);
        button->setPopupMode(QToolButton::InstantPopup);
        button->setMenu(menu);
    }
    m_preset_button->setObjectName(QStringLiteral("preset_button"));
    m_chinese_button = new QToolButton;
    m_english_button = new QToolButton;
    m_status->setContentsMargins(8, 0, 0, 0);
    for (const auto& [button, action] :
         {std::pair(m_chinese_button, m_actions->chinese), std::pair(m_english_button, m_actions->english)}) {
        button->setAutoRaise(true);
        button->setText(action->text());
        connect(button, &QToolButton::clicked, action, &QAction::trigger);
    }
    statusBar()->addWidget(m_status);
    statusBar()->addWidget(m_target_button);
    statusBar()->addWidget(m_preset_button);
    statusBar()->addPermanentWidget(m_chinese_button);
    statusBar()->addPermanentWidget(m_english_button);
    statusBar()->setSizeGripEnabled(false);
}

void MainWindow::connectWorkspace() {
    Workspace* workspace = &m_workspace;
    connect(workspace, &Workspace::documentChanged, this, [this] {
        showTitle();
        showStatus();
        m_tabs->setCurrentIndex(LayersTab);
    });
    connect(workspace, &Workspace::imagesChanged, this, &MainWindow::showStatus);
    connect(workspace, &Workspace::statisticsChanged, this, &MainWindow::showStatus);
    connect(workspace, &Workspace::planChanged, this, &MainWindow::showStatus);
    connect(workspace, &Workspace::stepsChanged, this, &MainWindow::enableActions);
    connect(workspace->selection(), &Selection::changed, this, &MainWindow::enableActions);
    connect(workspace, &Workspace::modifiedChanged, this, &MainWindow::showTitle);
    connect(workspace->undoStack(), &QUndoStack::indexChanged, this, &MainWindow::showUndoTexts);
    connect(workspace, &Workspace::comparisonChanged, this, [this] { m_tabs->setCurrentIndex(CompareTab); });
    connect(workspace, &Workspace::failed, this, [this](const Error& error) {
        m_after_save = {};
        showFailure(error);
    });
    connect(workspace, &Workspace::shapesNeeded, this, &MainWindow::askShapes);
    connect(workspace, &Workspace::saved, this, [this] {
        rememberFile(pathText(m_workspace.projectPath()));
        showTitle();
        if (const auto then = std::exchange(m_after_save, {}))
            then();
    });
}

void MainWindow::arrangePictures() {
    m_columns->setHidden(m_compare->enlarged() && m_tabs->currentWidget() == m_compare);
}

void MainWindow::showLayer(int layer) {
    m_graph->showLayer(layer);
}

void MainWindow::showUndoTexts() {
    const QUndoStack* stack = m_workspace.undoStack();
    const auto text = [stack](int index) {
        const QUndoCommand* command = stack->command(index);
        if (const auto* edit = dynamic_cast<const EditCommand*>(command))
            return editText(edit->edit());
        if (dynamic_cast<const TaskCommand*>(command))
            return tr("Task");
        const auto* improve = dynamic_cast<const ImproveCommand*>(command);
        return improve ? improveText(improve->level()) : QString();
    };
    m_actions->setUndoTexts(text(stack->index() - 1), text(stack->index()));
}

void MainWindow::showTitle() {
    QString name;
    if (m_workspace.isOpen())
        name =
            pathText(m_workspace.projectPath().empty() ? m_workspace.prepared()->original->path().filename()
                                                       : m_workspace.projectPath().filename());
    setWindowTitle(name.isEmpty() ? tr("Quantwright") : tr("%1[*] – Quantwright").arg(name));
    setWindowModified(m_workspace.modified());
}

void MainWindow::showStatus() {
    QStringList parts;
    if (m_workspace.isOpen()) {
        parts << pathText(m_workspace.prepared()->original->path().filename());
        if (const auto& statistics = m_workspace.statistics())
            parts << tr("%n calibration image(s)", nullptr, static_cast<int>(statistics->images));
        else if (!m_workspace.images().calibration.empty())
            parts << pathText(m_workspace.images().calibration.filename());
        else if (!m_workspace.images().any())
            parts << tr("no images chosen");
    }
    m_status->setText(parts.isEmpty() ? tr("No model is open.") : parts.join(QStringLiteral(" · ")));
    m_target_button->setVisible(m_workspace.isOpen());
    QString label = QString::fromStdString(m_workspace.plan().target);
    for (QAction* action : m_actions->target->actions()) {
        action->setChecked(action->data().toString() == QString::fromStdString(m_workspace.plan().target));
        if (action->isChecked())
            label = action->text();
    }
    m_target_button->setText(tr("Target %1").arg(label));
    const QString preset = QString::fromStdString(m_workspace.plan().preset);
    for (QAction* action : m_actions->preset->actions())
        action->setChecked(action->data().toString() == preset);
    m_preset_button->setVisible(m_workspace.isOpen());
    m_preset_button->setText(tr("Preset %1").arg(preset));
    m_preset_button->setToolTip(words::presetExplanation(m_workspace.plan().preset));
}

void MainWindow::enableActions() {
    const bool open = m_workspace.isOpen();
    for (QAction* action :
         {m_actions->save, m_actions->save_as, m_actions->select_all, m_actions->find, m_actions->fit,
          m_actions->zoom_in, m_actions->zoom_out, m_actions->parts, m_actions->images, m_actions->task})
        action->setEnabled(open);
    const auto enable = [this](QAction* action, Step step) {
        const StepState state = m_workspace.state(step);
        action->setEnabled(state.possible && state.kind != StepState::Kind::running);
    };
    enable(m_actions->calibrate, Step::calibrate);
    enable(m_actions->analyze, Step::analyze);
    m_actions->improve->setEnabled(m_workspace.ready());  // while it runs, too
    enable(m_actions->export_model, Step::export_model);
    enable(m_actions->evaluate, Step::evaluate);
    m_actions->deploy->setEnabled(open);
    m_actions->target->setEnabled(open);
    m_actions->preset->setEnabled(open);
    m_actions->truncate->setEnabled(open && !m_workspace.selection()->layers().empty());
    m_actions->untruncate->setEnabled(open && !m_workspace.plan().truncate.empty());
}

void MainWindow::retranslate() {
    m_actions->retranslate();
    m_tabs->setTabText(LayersTab, tr("Layers"));
    m_tabs->setTabText(HistogramTab, tr("Histogram"));
    m_tabs->setTabText(CompareTab, tr("Compare"));
    m_tabs->setTabText(BoardTab, tr("Board"));
    m_tabs->setTabText(ProblemsTab,
                       m_problems->count() > 0 ? tr("Problems %1").arg(m_problems->count()) : tr("Problems"));
    m_tabs->setTabText(LogTab, tr("Log"));
    m_tabs->setAccessibleName(tr("Results"));
    const bool chinese = words::currentLanguage() == QLatin1String("zh");
    m_actions->chinese->setChecked(chinese);
    m_actions->english->setChecked(!chinese);
    m_chinese_button->setEnabled(!chinese);
    m_english_button->setEnabled(chinese);
    fillRecentMenu();
    fillPresetMenu();
    showUndoTexts();
    showTitle();
    showStatus();
    enableActions();
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void MainWindow::restoreLayout() {
    const QSettings settings;
    // The mock-up's proportions until the user has chosen others.
    resize(1440, 900);
    m_columns->setSizes({210, 900, 330});
    m_rows->setSizes({560, 270});
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    // The screen may be smaller than the one of last time.
    if (!isMaximized() && !isFullScreen())
        resize(size().boundedTo(screen()->availableSize()));
    m_columns->restoreState(settings.value(QStringLiteral("window/columns")).toByteArray());
    m_rows->restoreState(settings.value(QStringLiteral("window/rows")).toByteArray());
}

void MainWindow::storeLayout() {
    m_compare->setEnlarged(false);
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/columns"), m_columns->saveState());
    settings.setValue(QStringLiteral("window/rows"), m_rows->saveState());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_closing && m_workspace.modified()) {
        event->ignore();
        afterSaving([this] {
            m_closing = true;
            close();
        });
        return;
    }
    storeLayout();
    m_workspace.jobs()->cancelAllAndWait();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        const QFileInfo file(url.toLocalFile());
        if ((file.isDir() && m_workspace.isOpen()) || file.suffix() == QLatin1String("onnx") ||
            file.suffix() == QLatin1String("qwproj") || file.suffix() == QLatin1String("json"))
            event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
        openPath(event->mimeData()->urls().first().toLocalFile());
    }
}

}  // namespace quantwright
