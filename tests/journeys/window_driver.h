#pragma once
// Drives the real window the way a hand does: menus, clicks, keys; and checks what can be read in it.
#include <QAction>
#include <QDialog>
#include <QImage>
#include <QString>
#include <QStringList>

#include "widgets/window/main_window.h"
#include "widgets/workspace/step.h"

namespace quantwright::testing {

/// Settings of their own in `folder`, the light theme, dialogs that a test can type into.
void prepareForWindows(const QString& folder);

class WindowDriver {
public:
    explicit WindowDriver(MainWindow* window) : m_window(window) {}

    /// Shows the window at 1280×800 and opens the sample through its menu, in whichever language is on.
    bool openSample();

    /// Opens the menu by its place in the menu bar and clicks the action with that text.
    bool clickMenu(int menu, const QString& text_without_ampersand);
    bool clickStep(Step step);
    bool cancelStep(Step step);
    bool waitForStep(Step step, StepState::Kind kind, int timeout_ms = 120000);
    /// Types a path into the file dialog that is open and accepts it.
    bool answerFileDialog(const QString& object_name, const QString& path);
    /// The export dialog, once it is there.
    QDialog* exportDialog();
    /// Types a path into the export dialog and accepts it.
    bool answerExportDialog(const QString& path);
    /// Chooses a preset from the status bar's menu, by mouse.
    bool choosePreset(const QString& name, const QString& screenshot_name);
    bool clickGraphNode(int layer, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    bool selectTableRow(int layer, Qt::KeyboardModifiers modifiers);
    /// Chooses a value of an inspector field from its list, by mouse.
    bool chooseField(const QString& path, const QString& value);
    /// Chooses an entry of a combo box with the keyboard.
    bool chooseIn(const QString& object_name, int index);
    bool showTab(int tab);

    /// Texts that don't fit where they stand, one line each.
    [[nodiscard]] QStringList clippedTexts() const;
    /// What is still cut after the layouts had the time to follow.
    [[nodiscard]] QStringList settledClippedTexts() const;
    /// Visible texts with Latin letters that look like sentences of the other language.
    [[nodiscard]] QStringList untranslatedTexts() const;
    /// Saves a picture if QUANTWRIGHT_SCREENSHOTS names a folder.
    void screenshot(const QString& name) const;

private:
    MainWindow* m_window;
};

}  // namespace quantwright::testing
