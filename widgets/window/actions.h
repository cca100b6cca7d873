#pragma once
// Everything the menus offer, with its keys and its words. The window connects them to what they do.
#include <QAction>
#include <QList>
#include <QMenu>
#include <QObject>

class QActionGroup;
class QMenuBar;

namespace quantwright {

class Actions : public QObject {
    Q_OBJECT
public:
    explicit Actions(QMenuBar* bar);
    void retranslate();
    /// What undo and redo would do, in words; empty: nothing.
    void setUndoTexts(const QString& undo, const QString& redo);

    QMenu *file, *edit, *view, *model, *help;
    QMenu *recent, *colour_by, *theme, *language, *target, *preset;

    QAction *open, *open_sample, *save, *save_as, *export_model, *quit;
    QAction *undo, *redo, *select_all, *find;
    QAction *fit, *zoom_in, *zoom_out, *parts, *by_sensitivity, *by_precision, *by_board_time,
        *by_board_error;
    QAction *theme_system, *theme_light, *theme_dark, *chinese, *english;
    QAction *images, *task, *calibrate, *analyze, *improve, *evaluate, *deploy, *truncate, *untruncate;
    QAction* about;

private:
    QAction* add(QMenu* menu, const QKeySequence& keys = {}, const QString& icon = {});
    QAction* addChoice(QMenu* menu, QActionGroup* group);

    QString m_undo_text, m_redo_text;
};

}  // namespace quantwright
