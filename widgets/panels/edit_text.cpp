#include "widgets/panels/edit_text.h"

#include <QCoreApplication>
#include <algorithm>

#include "widgets/words/words.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::EditText)
};

}  // namespace

QString editText(const Edit& edit) {
    if (edit.rules)
        return Tr::tr("An earlier plan");
    if (edit.assignments.empty())
        return {};
    const Assignment& first = edit.assignments.front();
    // Parts that go with a group, or keep what they have, are not what was chosen.
    const auto count =
        static_cast<int>(std::count_if(edit.assignments.begin(), edit.assignments.end(),
                                       [&](const Assignment& one) { return one.value == first.value; }));
    switch (first.scope) {
        case Assignment::Scope::target:
            return Tr::tr("Target %1").arg(QString::fromStdString(first.value.value_or("")));
        case Assignment::Scope::preset:
            return Tr::tr("Preset %1").arg(QString::fromStdString(first.value.value_or("")));
        case Assignment::Scope::exclude_image:
            return first.value ? Tr::tr("Leave out %n image(s)", nullptr, count)
                               : Tr::tr("Take in %n image(s)", nullptr, count);
        case Assignment::Scope::truncate:
            return first.value ? Tr::tr("Truncate at %1").arg(QString::fromStdString(first.name))
                               : Tr::tr("Don't truncate");
        case Assignment::Scope::defaults:
        case Assignment::Scope::layer:
        case Assignment::Scope::tensor:
            break;
    }
    const QString field = words::name(first.field);
    const QString where =
        count == 1 && first.scope != Assignment::Scope::defaults
            ? Tr::tr("%1 of %2").arg(field, QString::fromStdString(first.name))
        : first.scope == Assignment::Scope::tensor ? Tr::tr("%1 of %n tensor(s)", nullptr, count).arg(field)
        : first.scope == Assignment::Scope::layer  ? Tr::tr("%1 of %n layer(s)", nullptr, count).arg(field)
                                                   : field;
    return first.value ? Tr::tr("%1: %2").arg(where, words::value(first.field, *first.value))
                       : Tr::tr("%1: reset").arg(where);
}

}  // namespace quantwright
