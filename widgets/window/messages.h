#pragma once
// Errors as one clear sentence, with a way out and the library's own words for whoever wants them.
#include <QString>
#include <functional>

#include "core/base/error.h"

class QWidget;

namespace quantwright {

/// Doesn't block; the window stays usable when it is closed.
void showError(QWidget* parent, const Error& error);

enum class SaveAnswer { save, discard, cancel };
/// Asks what to do with unsaved changes of `document`.
void askToSave(QWidget* parent, const QString& document, std::function<void(SaveAnswer)> then);

void showAbout(QWidget* parent);

}  // namespace quantwright
