// What the menus of MainWindow do.
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QSettings>
#include <QTabWidget>

#include "core/plan/preset.h"
#include "widgets/graph/graph_view.h"
#include "widgets/panels/deploy_panel.h"
#include "widgets/panels/graph_panel.h"
#include "widgets/panels/layers_table.h"
#include "widgets/panels/outline_panel.h"
#include "widgets/theme/theme.h"
#include "widgets/window/actions.h"
#include "widgets/window/export_dialog.h"
#include "widgets/window/images_dialog.h"
#include "widgets/window/improve_dialog.h"
#include "widgets/window/main_window.h"
#include "widgets/window/messages.h"
#include "widgets/window/recent_files.h"
#include "widgets/window/shape_dialog.h"
#include "widgets/window/task_dialog.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {
namespace {

std::filesystem::path toPath(const QString& path) {
    return std::filesystem::path(path.toStdString());
}
QString pathText(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

}  // namespace

void MainWindow::connectActions() {
    const Actions& a = *m_actions;
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(a.open, [this] { chooseFileToOpen(); });
    on(a.open_sample, [this] { afterSaving([this] { m_workspace.openSample(); }); });
    on(a.save, [this] { save(false); });
    on(a.save_as, [this] { save(true); });
    on(a.export_model, [this] { chooseExport(); });
    on(a.quit, [this] { close(); });
    on(a.undo, [this] { m_workspace.undoStack()->undo(); });
    on(a.redo, [this] { m_workspace.undoStack()->redo(); });
    on(a.select_all, [this] { m_layers->selectAllLayers(); });
    on(a.find, [this] { m_outline->focusSearch(); });
    on(a.fit, [this] { m_graph->view()->fit(); });
    on(a.zoom_in, [this] { m_graph->view()->zoomIn(); });
    on(a.zoom_out, [this] { m_graph->view()->zoomOut(); });
    on(a.parts, [this] { showParts(); });
    on(a.by_sensitivity, [this] { m_graph->setColourBy(ColourBy::sensitivity); });
    on(a.by_precision, [this] { m_graph->setColourBy(ColourBy::precision); });
    on(a.by_board_time, [this] { m_graph->setColourBy(ColourBy::board_time); });
    on(a.by_board_error, [this] { m_graph->setColourBy(ColourBy::board_error); });
    a.by_sensitivity->setChecked(true);
    connect(m_graph, &GraphPanel::colourByChanged, this, [&a](ColourBy colour_by) {
        (colour_by == ColourBy::sensitivity  ? a.by_sensitivity
         : colour_by == ColourBy::precision  ? a.by_precision
         : colour_by == ColourBy::board_time ? a.by_board_time
                                             : a.by_board_error)
            ->setChecked(true);
    });
    const auto theme = [this, &on](QAction* action, Theme::Mode mode) {
        action->setChecked(Theme::instance().mode() == mode);
        on(action, [mode] {
            Theme::instance().setMode(mode);
            QSettings().setValue(QStringLiteral("theme"), static_cast<int>(mode));
        });
    };
    theme(a.theme_system, Theme::Mode::System);
    theme(a.theme_light, Theme::Mode::Light);
    theme(a.theme_dark, Theme::Mode::Dark);
    on(a.chinese, [this] { setLanguage(QStringLiteral("zh")); });
    on(a.english, [this] { setLanguage(QStringLiteral("en")); });
    on(a.images, [this] { chooseImages(); });
    on(a.task, [this] { chooseTask(); });
    on(a.calibrate, [this] { calibrate(); });
    on(a.analyze, [this] { analyze(); });
    on(a.improve, [this] { improve(); });
    on(a.evaluate, [this] { evaluate(); });
    on(a.deploy, [this] { showBoard(); });
    on(a.truncate, [this] {
        std::vector<std::string> tensors;
        const Prepared& prepared = *m_workspace.prepared();
        for (const int layer : m_workspace.selection()->layers())
            for (const TensorId id : prepared.layers[static_cast<std::size_t>(layer)].outputs)
                tensors.push_back(prepared.model->graph()[id].name);
        m_workspace.edit(set_truncation(m_workspace.plan(), tensors));
    });
    on(a.untruncate, [this] { m_workspace.edit(set_truncation(m_workspace.plan(), {})); });
    on(a.about, [this] { showAbout(this); });
    connect(a.recent, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
}

void MainWindow::showParts() {
    if (!m_workspace.isOpen())
        return;
    // Those of the selected layers; without any, those of all.
    const Prepared& prepared = *m_workspace.prepared();
    std::set<int> groups = groupsOf(prepared, m_workspace.selection()->layers());
    for (int group = 0;
         m_workspace.selection()->layers().empty() && group < static_cast<int>(prepared.groups.size());
         ++group)
        groups.insert(group);
    std::erase_if(groups,
                  [&](int group) { return prepared.groups[static_cast<std::size_t>(group)].single(); });
    OpenGroups* open = m_workspace.openGroups();
    const bool all_open =
        std::all_of(groups.begin(), groups.end(), [open](int group) { return open->isOpen(group); });
    std::set<int> next = open->all();
    for (const int group : groups)
        all_open ? static_cast<void>(next.erase(group)) : static_cast<void>(next.insert(group));
    open->setAll(std::move(next));
}

void MainWindow::setLanguage(const QString& language) {
    words::setLanguage(language);
    QSettings().setValue(QStringLiteral("language"), language);
}

void MainWindow::fillTargetMenu() {
    for (const std::string& name : target_names()) {
        const auto target = find_target(name);
        if (!target)
            continue;
        QAction* action = m_actions->target->addAction(QString::fromStdString((*target)->label));
        action->setCheckable(true);
        action->setData(QString::fromStdString(name));
        connect(action, &QAction::triggered, this, [this, name] {
            m_workspace.edit({{{Assignment::Scope::target, {}, Field::mode, name}}});
            showStatus();
        });
    }
}

void MainWindow::fillPresetMenu() {
    QMenu* menu = m_actions->preset;
    menu->clear();
    std::vector<std::string> names{"default"};  // the others in the order of their names
    for (const auto& [name, preset] : presets())
        if (name != names.front())
            names.push_back(name);
    for (const std::string& name : names) {
        const QString explanation = words::presetExplanation(name);
        QAction* action = menu->addAction(
            explanation.isEmpty() ? QString::fromStdString(name)
                                  : QStringLiteral("%1 – %2").arg(QString::fromStdString(name), explanation));
        action->setCheckable(true);
        action->setData(QString::fromStdString(name));
        connect(action, &QAction::triggered, this, [this, name] {
            m_workspace.edit({{{Assignment::Scope::preset, {}, Field::mode, name}}});
            showStatus();
        });
    }
}

void MainWindow::fillRecentMenu() {
    QMenu* menu = m_actions->recent;
    menu->clear();
    const QStringList files = recentFiles();
    menu->setEnabled(!files.isEmpty());
    for (const QString& file : files) {
        QAction* action = menu->addAction(QFileInfo(file).fileName());
        action->setToolTip(file);
        action->setStatusTip(file);
        connect(action, &QAction::triggered, this, [this, file] { openPath(file); });
    }
    if (files.isEmpty())
        return;
    menu->addSeparator();
    connect(menu->addAction(tr("Clear the list")), &QAction::triggered, this, [this] {
        clearRecentFiles();
        m_actions->recent->setEnabled(false);
    });
}

void MainWindow::rememberFile(const QString& path) {
    addRecentFile(path);
}

void MainWindow::chooseFileToOpen() {
    const QString folder = QSettings().value(QStringLiteral("folders/open")).toString();
    auto* dialog =
        new QFileDialog(this, tr("Open model, project or xslim file"), folder,
                        tr("Models, projects and xslim files (*.onnx *.qwproj *.json);;All files (*)"));
    dialog->setObjectName(QStringLiteral("open_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        QSettings().setValue(QStringLiteral("folders/open"), QFileInfo(file).absolutePath());
        openPath(file);
    });
    dialog->open();
}

void MainWindow::openPath(const QString& path, const QString& images) {
    const QFileInfo file(path);
    if (file.isDir()) {
        if (!m_workspace.isOpen())
            return;
        ImageSettings settings = m_workspace.images();
        calibrateOn(toPath(file.absoluteFilePath()), settings);
        m_workspace.setImages(settings);
        return;
    }
    OpenRequest request;
    const auto absolute = toPath(file.absoluteFilePath());
    const auto is = [&file](const char* suffix) {
        return file.suffix().compare(QLatin1String(suffix), Qt::CaseInsensitive) == 0;
    };
    if (is("qwproj"))
        request.project = absolute;
    else if (is("json"))
        request.config = absolute;
    else
        request.model = absolute;
    if (!images.isEmpty())
        request.images.calibration = toPath(QFileInfo(images).absoluteFilePath());
    open(request);
}

void MainWindow::open(const OpenRequest& request) {
    afterSaving([this, request] {
        // Remembered once it is open: a file that can't be opened isn't worth a place in the list.
        auto connection = std::make_shared<QMetaObject::Connection>();
        *connection = connect(&m_workspace, &Workspace::documentChanged, this, [this, request, connection] {
            disconnect(*connection);
            rememberFile(pathText(!request.project.empty()  ? request.project
                                  : !request.config.empty() ? request.config
                                                            : request.model));
        });
        m_workspace.open(request);
    });
}

void MainWindow::askShapes(const OpenRequest& request, const std::vector<ValueInfo>& inputs, const Error&) {
    auto* dialog = new ShapeDialog(pathText(request.model.filename()), inputs, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, request] {
        OpenRequest again = request;
        again.input_shapes = dialog->shapes();
        m_workspace.open(again);
    });
    dialog->open();
}

void MainWindow::showFailure(const Error& error) {
    showError(this, error);
}

void MainWindow::afterSaving(std::function<void()> then) {
    if (!m_workspace.modified()) {
        then();
        return;
    }
    const QString name = pathText(m_workspace.prepared()->original->path().filename());
    askToSave(this, name, [this, then = std::move(then)](SaveAnswer answer) {
        if (answer == SaveAnswer::discard)
            then();
        if (answer == SaveAnswer::save) {
            m_after_save = then;
            save(false);
        }
    });
}

void MainWindow::save(bool ask_for_name) {
    if (!m_workspace.isOpen())
        return;
    if (!ask_for_name && !m_workspace.projectPath().empty()) {
        m_workspace.save(m_workspace.projectPath());
        return;
    }
    auto proposal = m_workspace.projectPath().empty() ? m_workspace.prepared()->original->path()
                                                      : m_workspace.projectPath();
    auto* dialog = new QFileDialog(this, tr("Save project"), pathText(proposal.replace_extension(".qwproj")),
                                   tr("Projects (*.qwproj)"));
    dialog->setObjectName(QStringLiteral("save_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("qwproj"));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& file) { m_workspace.save(toPath(file)); });
    connect(dialog, &QDialog::rejected, this, [this] { m_after_save = {}; });
    dialog->open();
}

void MainWindow::chooseImages(std::function<void()> then) {
    if (!m_workspace.isOpen())
        return;
    auto* dialog = new ImagesDialog(m_workspace.prepared(), m_workspace.images(), m_workspace.jobs(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, then = std::move(then)] {
        m_workspace.setImages(dialog->settings());
        if (then)
            then();
    });
    dialog->open();
}

void MainWindow::chooseTask() {
    if (!m_workspace.isOpen())
        return;
    const auto& quality = m_workspace.whatIf()->quality();
    auto* dialog = new TaskDialog(m_workspace.images().task, quality ? quality->task.get() : nullptr, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { m_workspace.setTask(dialog->choice()); });
    dialog->open();
}

void MainWindow::calibrate() {
    withImages([this] { m_workspace.calibrate(); });
}

void MainWindow::analyze() {
    withImages([this] { m_workspace.analyze(); });
}

void MainWindow::improve() {
    withImages([this] {
        auto* dialog = findChild<ImproveDialog*>();
        if (!dialog) {
            dialog = new ImproveDialog(&m_workspace, this);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            connect(dialog, &ImproveDialog::imagesWanted, this, [this] { chooseImages(); });
        }
        dialog->show();
        dialog->raise();
        dialog->activateWindow();
    });
}

void MainWindow::evaluate() {
    withImages([this] { m_workspace.evaluate(); });
}

void MainWindow::chooseExport() {
    if (!m_workspace.ready())
        return;
    const auto model = m_workspace.prepared()->original->path();
    const QString folder =
        QSettings().value(QStringLiteral("folders/export"), pathText(model.parent_path())).toString();
    const QString place = m_workspace.outputPath().empty()
                              ? folder + QLatin1Char('/') + pathText(model.stem()) + QStringLiteral(".q.onnx")
                              : pathText(m_workspace.outputPath());
    auto* dialog = new ExportDialog(m_workspace.resolved()->target, place, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const ExportRequest request = dialog->request();
        QSettings().setValue(QStringLiteral("folders/export"),
                             QFileInfo(pathText(request.path)).absolutePath());
        m_workspace.exportModel(request, dialog->report());
    });
    dialog->open();
}

void MainWindow::showBoard() {
    m_tabs->setCurrentWidget(m_board);
    m_board->focusAddress();
}

void MainWindow::withImages(const std::function<void()>& then) {
    if (m_workspace.images().any())
        then();
    else
        chooseImages(then);
}

void MainWindow::stepClicked(Step step) {
    if (step == Step::deploy)  // while it runs, too
        showBoard();
    if (step == Step::improve)
        improve();
    if (m_workspace.state(step).kind == StepState::Kind::running)
        return;
    switch (step) {
        case Step::open:
            chooseFileToOpen();
            break;
        case Step::calibrate:
            calibrate();
            break;
        case Step::analyze:
            analyze();
            break;
        case Step::export_model:
            chooseExport();
            break;
        case Step::evaluate:
            evaluate();
            break;
        case Step::improve:
        case Step::deploy:
            break;
    }
}

}  // namespace quantwright
