// All builtin tags. They are defined before any code space exists, because a space copies them when it is made.
import './basic.js'
import './button.js'
import './field.js'
import './choice.js'
import './scroll.js'
import './picker.js'
import './page-meta.js'
import { exposeBuiltins } from './define.js'
import { space } from '../components.js'

exposeBuiltins(space.getComponentSpace())
