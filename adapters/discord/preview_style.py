"""The look of a preview: Discord's dark colours, sizes and spacing, with the system's own fonts."""

STYLE = """
:root{color-scheme:dark}*{box-sizing:border-box}
body{margin:0;padding:16px;background:#1a1a1e;color:#dfe0e2;
font:16px/1.375 "gg sans","Noto Sans","Helvetica Neue",Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
.message{display:flex;gap:16px;max-width:720px}
.face{flex:none;width:40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;
font-weight:700;font-size:20px;display:grid;place-items:center}
.said{flex:1;min-width:0}.who{margin-bottom:4px}.said>.text{margin-bottom:8px}.who b{color:#fff;font-weight:600}
.app{background:#5865f2;color:#fff;border-radius:4px;font-size:11px;font-weight:600;padding:1px 5px;margin-left:6px}
.container{background:#242429;border:1px solid #33343b;border-radius:8px;padding:16px;max-width:600px;
display:flex;flex-direction:column;gap:8px}
.text h1,.text h2,.text h3{margin:8px 0 4px;line-height:1.3;color:#fff;font-weight:700}
.text h1:first-child,.text h2:first-child,.text h3:first-child{margin-top:0}
.text h1{font-size:24px}.text h2{font-size:20px}.text h3{font-size:16px}
.text .small{font-size:13px;line-height:1.4;color:#a3a4aa}
.text .quote{border-left:4px solid #4e4f58;padding-left:12px}
.text .bullet{padding-left:20px;position:relative}.text .bullet::before{content:"•";position:absolute;left:6px}
.text .number{padding-left:4px}
code{background:#2f3037;border:1px solid #3b3c44;border-radius:4px;padding:0 3px;
font:14px/1.3 Consolas,"Liberation Mono",Menlo,monospace}
pre.fence{margin:6px 0;background:#1f1f24;border:1px solid #3b3c44;border-radius:4px;padding:8px;
white-space:pre-wrap}pre.fence code{background:none;border:0;padding:0}
a{color:#63aef7;text-decoration:none}time{background:#33343b;border-radius:3px;padding:0 2px}
.mention{background:#3c4270;color:#c9cdfb;border-radius:3px}.spoiler{background:#4e4f58;border-radius:3px}
hr{border:0;border-top:1px solid #3b3c44;margin:4px 0;width:100%}
.row{display:flex;flex-wrap:wrap;gap:8px}.end{justify-content:flex-end;margin-top:16px}
.button{border-radius:8px;padding:7px 16px;font-size:14px;font-weight:500;line-height:18px;color:#fff;
background:#3a3b43;border:1px solid #43444d;max-width:100%}
.button.primary{background:#5865f2;border-color:#5865f2}.button.danger{background:#d22d39;border-color:#d22d39}
.select{flex:1;min-width:0;background:#1f1f24;border:1px solid #3b3c44;border-radius:8px;max-width:400px}
.select summary{padding:9px 12px;color:#a3a4aa;list-style:none;cursor:pointer}
.select summary::after{content:"⌄";float:right}.select.disabled{opacity:.5}
.options div{padding:6px 12px;font-size:14px}.options b{display:block;font-weight:500}
.options i,.label i,.file i{display:block;font-style:normal;font-size:13px;color:#a3a4aa}
.section{display:flex;justify-content:space-between;align-items:flex-start;gap:12px}
.section>div{min-width:0}.section>.button{flex:none}.media img{max-width:100%;border-radius:8px;display:block}
.file{background:#1f1f24;border:1px solid #3b3c44;border-radius:8px;padding:12px;max-width:400px}
.modal{background:#242429;border:1px solid #3b3c44;border-radius:12px;padding:24px;max-width:480px}
.modal h2{margin:0 0 16px;font-size:20px;color:#fff}.label{margin:0 0 16px}.modal>.text{margin:0 0 16px}
.label>b{display:block;font-weight:500;color:#fff}.star{color:#f57976}
.input{background:#1f1f24;border:1px solid #3b3c44;border-radius:8px;padding:9px 12px;margin-top:8px}
.input.tall{min-height:96px}.box{margin-top:6px}.label .select{margin-top:8px;max-width:none}
.select.chosen summary{color:#dfe0e2}
"""
