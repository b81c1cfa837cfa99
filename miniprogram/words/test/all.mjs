// Every test of what is worked out without a page: node words/test/all.mjs
for (const name of ['scenes', 'pure', 'filters', 'bulk', 'offers', 'icons', 'transfer', 'customers', 'rights', 'signup', 'forms', 'merge']) await import(`./${name}.mjs`)
