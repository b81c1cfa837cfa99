// The built-in behaviors of custom components, and the set of custom components that are form fields.
export const formFields = new Set()

const made = new Map()

export function wxBehaviors(name) {
  if (made.has(name)) return made.get(name)
  let behavior
  if (name === 'wx://form-field' || name === 'wx://form-field-group') {
    behavior = Behavior({
      properties: { name: { type: String, value: '' }, value: { type: null } },
      lifetimes: { attached() { if (name === 'wx://form-field') formFields.add(this._$) } },
    })
  } else if (name === 'wx://form-field-button') {
    behavior = Behavior({})
  } else if (name === 'wx://component-export') {
    behavior = Behavior({})
  }
  made.set(name, behavior)
  return behavior
}
