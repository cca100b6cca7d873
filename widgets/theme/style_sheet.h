#pragma once
// The one style sheet. Widgets choose a look with dynamic properties, never with their own sheets:
//   QPushButton, QToolButton  accent=true   the next thing to do (filled blue)
//   QPushButton, QToolButton  outline=true  blue outline ("Apply" in a list)
//   QPushButton, QToolButton  pill=true     where a value comes from; level="own"|"rule" colours it
//   QLabel                    role="title"|"section"|"quiet"|"figure"|"better"|"worse"|"stale"
//   QFrame, QWidget           surface="panel"|"card"|"canvas"
//   QLineEdit, QSpinBox...    invalid=true  red border
// After changing a property of a shown widget call restyle(widget).
#include <QString>

#include "widgets/theme/palette.h"

class QWidget;

namespace quantwright {

[[nodiscard]] QString styleSheet(const Palette& palette);
void restyle(QWidget* widget);

}  // namespace quantwright
