// Navigation functions of wx, on the router.
import { api } from './api.js'
import { router } from '../router.js'

for (const name of ['navigateTo', 'redirectTo', 'switchTab', 'reLaunch', 'navigateBack']) api(name, (options) => router[name](options))
