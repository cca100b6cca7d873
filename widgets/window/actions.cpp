#include "widgets/window/actions.h"

#include <QActionGroup>
#include <QMenuBar>

#include "widgets/theme/icons.h"

namespace quantwright {

QAction* Actions::add(QMenu* menu, const QKeySequence& keys, const QString& icon) {
    QAction* action = menu->addAction(QString());
    action->setShortcut(keys);
    if (!icon.isEmpty())
        action->setIcon(themedIcon(icon));
    return action;
}

QAction* Actions::addChoice(QMenu* menu, QActionGroup* group) {
    QAction* action = menu->addAction(QString());
    action->setCheckable(true);
    group->addAction(action);
    return action;
}

Actions::Actions(QMenuBar* bar) : QObject(bar) {
    file = bar->addMenu(QString());
    open = add(file, QKeySequence::Open, QStringLiteral("open"));
    recent = file->addMenu(QString());
    open_sample = add(file);
    file->addSeparator();
    save = add(file, QKeySequence::Save, QStringLiteral("save"));
    save_as = add(file, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S));
    file->addSeparator();
    export_model = add(file, QKeySequence(Qt::CTRL | Qt::Key_E), QStringLiteral("export"));
    file->addSeparator();
    quit = add(file, QKeySequence(Qt::CTRL | Qt::Key_Q));
    quit->setMenuRole(QAction::QuitRole);

    edit = bar->addMenu(QString());
    undo = add(edit, QKeySequence::Undo, QStringLiteral("undo"));
    redo = add(edit, QKeySequence(), QStringLiteral("redo"));
    redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    edit->addSeparator();
    select_all = add(edit, QKeySequence::SelectAll);
    find = add(edit, QKeySequence::Find, QStringLiteral("search"));

    view = bar->addMenu(QString());
    fit = add(view, QKeySequence(Qt::CTRL | Qt::Key_0), QStringLiteral("fit"));
    zoom_in = add(view, QKeySequence(), QStringLiteral("zoom-in"));
    zoom_in->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal)});
    zoom_out = add(view, QKeySequence(Qt::CTRL | Qt::Key_Minus), QStringLiteral("zoom-out"));
    parts = add(view, QKeySequence(Qt::CTRL | Qt::Key_G));
    view->addSeparator();
    colour_by = view->addMenu(QString());
    auto* colours = new QActionGroup(this);
    by_sensitivity = addChoice(colour_by, colours);
    by_precision = addChoice(colour_by, colours);
    by_board_time = addChoice(colour_by, colours);
    by_board_error = addChoice(colour_by, colours);
    theme = view->addMenu(QString());
    auto* themes = new QActionGroup(this);
    theme_system = addChoice(theme, themes);
    theme_light = addChoice(theme, themes);
    theme_dark = addChoice(theme, themes);
    language = view->addMenu(QString());
    auto* languages = new QActionGroup(this);
    chinese = addChoice(language, languages);
    english = addChoice(language, languages);
    chinese->setText(QStringLiteral("中文"));  // each language in its own name
    english->setText(QStringLiteral("English"));

    model = bar->addMenu(QString());
    images = add(model, QKeySequence(Qt::CTRL | Qt::Key_I), QStringLiteral("images"));
    task = add(model, QKeySequence(Qt::CTRL | Qt::Key_T));
    model->addSeparator();
    calibrate = add(model, QKeySequence(Qt::Key_F5), QStringLiteral("calibrate"));
    analyze = add(model, QKeySequence(Qt::Key_F6), QStringLiteral("analyze"));
    improve = add(model, QKeySequence(Qt::Key_F9));
    evaluate = add(model, QKeySequence(Qt::Key_F7), QStringLiteral("evaluate"));
    deploy = add(model, QKeySequence(Qt::Key_F8), QStringLiteral("deploy"));
    model->addSeparator();
    target = model->addMenu(QString());
    preset = model->addMenu(QString());
    preset->setObjectName(QStringLiteral("preset_menu"));
    model->addSeparator();
    truncate = add(model);
    untruncate = add(model);

    help = bar->addMenu(QString());
    about = add(help);
    about->setMenuRole(QAction::AboutRole);
}

void Actions::retranslate() {
    file->setTitle(tr("&File"));
    open->setText(tr("&Open model or project…"));
    recent->setTitle(tr("Open &recent"));
    open_sample->setText(tr("Open sa&mple"));
    save->setText(tr("&Save project"));
    save_as->setText(tr("Save project &as…"));
    export_model->setText(tr("&Export quantized model…"));
    quit->setText(tr("&Quit"));
    edit->setTitle(tr("&Edit"));
    select_all->setText(tr("Select &all layers"));
    find->setText(tr("&Find layer or tensor"));
    view->setTitle(tr("&View"));
    fit->setText(tr("&Fit graph"));
    parts->setText(tr("&Show or hide parts"));
    zoom_in->setText(tr("Zoom &in"));
    zoom_out->setText(tr("Zoom &out"));
    colour_by->setTitle(tr("&Colour by"));
    by_sensitivity->setText(tr("Sensitivity"));
    by_precision->setText(tr("Precision"));
    by_board_time->setText(tr("Board time"));
    by_board_error->setText(tr("Board error"));
    theme->setTitle(tr("&Theme"));
    theme_system->setText(tr("As the system"));
    theme_light->setText(tr("Light"));
    theme_dark->setText(tr("Dark"));
    language->setTitle(tr("&Language"));
    model->setTitle(tr("&Model"));
    images->setText(tr("Choose &images…"));
    task->setText(tr("Tas&k…"));
    calibrate->setText(tr("&Calibrate"));
    analyze->setText(tr("&Analyze sensitivity"));
    improve->setText(tr("I&mprove…"));
    evaluate->setText(tr("&Evaluate"));
    deploy->setText(tr("&Deploy to a board…"));
    target->setTitle(tr("&Target"));
    preset->setTitle(tr("&Preset"));
    truncate->setText(tr("Tr&uncate behind the selected layers"));
    truncate->setStatusTip(tr("Layers that the selected ones don't need stay float"));
    untruncate->setText(tr("Do&n't truncate"));
    help->setTitle(tr("&Help"));
    about->setText(tr("&About Quantwright"));
    setUndoTexts(m_undo_text, m_redo_text);
}

void Actions::setUndoTexts(const QString& undo_text, const QString& redo_text) {
    m_undo_text = undo_text;
    m_redo_text = redo_text;
    undo->setText(undo_text.isEmpty() ? tr("&Undo") : tr("&Undo: %1").arg(undo_text));
    redo->setText(redo_text.isEmpty() ? tr("&Redo") : tr("&Redo: %1").arg(redo_text));
    undo->setEnabled(!undo_text.isEmpty());
    redo->setEnabled(!redo_text.isEmpty());
}

}  // namespace quantwright
