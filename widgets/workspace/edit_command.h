#pragma once
// One edit of the plan on the undo stack. Refers to layers and tensors by name, never by pointer.
#include <QUndoCommand>

#include "core/plan/edit.h"

namespace quantwright {

class Workspace;

class EditCommand : public QUndoCommand {
public:
    EditCommand(Workspace* workspace, Edit forward, Edit inverse)
        : m_workspace(workspace), m_forward(std::move(forward)), m_inverse(std::move(inverse)) {}

    void undo() override;
    void redo() override;
    /// What it does, for a menu in whichever language is on.
    [[nodiscard]] const Edit& edit() const { return m_forward; }

private:
    Workspace* m_workspace;
    Edit m_forward, m_inverse;
};

}  // namespace quantwright
